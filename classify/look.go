// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package classify

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"net/textproto"
	"net/url"
	"reflect"
)

// look returns what an error says without the errors that it wraps, and
// whether those are worth a look.
func look(err error) (facts fact, more bool) {
	if v := reflect.ValueOf(err); v.Kind() == reflect.Pointer && v.IsNil() {
		return 0, false // its methods would panic
	}
	if r, ok := err.(rejecter); ok && r.Rejected() {
		return factRejected | factNotSent, false
	}
	switch e := err.(type) { //nolint:errorlint // the walk unwraps
	case *net.OpError:
		return opFacts(e)
	case *url.Error:
		if e.Op == "parse" {
			return factRequest, false
		}
		return factNoProof, true // an http.Client was at work
	case *net.DNSError:
		return dnsFacts(e), true
	case *net.AddrError, *net.ParseError, net.UnknownNetworkError, net.InvalidAddrError:
		return factRequest, false // an address that no dial can reach
	case *http.MaxBytesError:
		return factRequest, false // of a server that hands on what it is sent
	case textproto.ProtocolError:
		return factProtocol, false
	}
	if facts := tlsFacts(err); facts != 0 {
		return facts, false
	}
	return http2Facts(err) | methodFacts(err) | sentinelFacts(err) | errnoFacts(err), true
}

// opFacts tells the errors of making a connection from those of using one.
func opFacts(e *net.OpError) (facts fact, more bool) {
	switch e.Op {
	case "dial", "proxyconnect", "socks connect":
		facts = factConnect | factNotSent
	case "remote error", "local error": // crypto/tls: the alert that was got or sent
		return alertFacts(e.Err), false
	}
	return facts, e.Err != nil
}

func dnsFacts(e *net.DNSError) fact {
	switch {
	case e.IsTimeout:
		return factTimeout | factDNS | factNotSent
	case e.IsNotFound && !e.IsTemporary:
		return factNoHost | factNotSent
	}
	return factDNS | factNotSent
}

// tlsFacts knows the errors of a handshake. Those that mean that no request
// was sent are claimed to: net/http sends none before the handshake is over.
func tlsFacts(err error) fact {
	switch e := err.(type) { //nolint:errorlint // the walk unwraps
	case *tls.CertificateVerificationError:
		return factCertificate | factNotSent
	case x509.UnknownAuthorityError, x509.HostnameError, x509.CertificateInvalidError,
		x509.ConstraintViolationError, x509.InsecureAlgorithmError,
		x509.SystemRootsError, x509.UnhandledCriticalExtension:
		return factCertificate
	case *tls.ECHRejectionError:
		return factTLSFinal | factNotSent
	case tls.RecordHeaderError:
		if e.Conn != nil { // the first answer already was not TLS
			return factTLSFinal | factNotSent
		}
		return factTLS
	case tls.AlertError:
		return alertFacts(e)
	}
	return 0
}

// methodFacts asks the error. Error types that stand for one of the two
// context errors have an Is method, those of package net for example.
func methodFacts(err error) (facts fact) {
	if t, ok := err.(interface{ Timeout() bool }); ok && t.Timeout() {
		facts |= factTimeout | timeoutFacts(err)
	}
	if is, ok := err.(interface{ Is(target error) bool }); ok {
		if is.Is(context.Canceled) {
			facts |= factCanceled
		}
		if is.Is(context.DeadlineExceeded) {
			facts |= factTimeout
		}
	}
	return facts
}

func sentinelFacts(err error) fact {
	switch err { //nolint:errorlint // the walk unwraps
	case context.Canceled:
		return factCanceled
	case io.EOF, io.ErrUnexpectedEOF, net.ErrClosed:
		return factReset
	case http.ErrBodyReadAfterClose, http.ErrUseLastResponse:
		return factRequest
	case http.ErrSchemeMismatch:
		return factTLSFinal
	}
	return 0
}
