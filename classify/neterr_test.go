// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package classify_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/textproto"
	"net/url"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/classify"
	"github.com/surefoot-go/surefoot/trip"
)

// verdict is short for the verdicts on errors.
func verdict(class classify.Class, reason classify.Reason) classify.Verdict {
	return classify.Verdict{Class: class, Reason: reason}
}

func notSent(class classify.Class, reason classify.Reason) classify.Verdict {
	return classify.Verdict{Class: class, Reason: reason, NotSent: true}
}

func opError(op string, err error) error { return &net.OpError{Op: op, Net: "tcp", Err: err} }

func sysError(errno syscall.Errno) error { return os.NewSyscallError("syscall", errno) }

func TestClassify_Errors(t *testing.T) {
	t.Parallel()
	const (
		unknown, retryable, terminal = classify.Unknown, classify.Retryable, classify.Terminal
	)
	for _, test := range []struct {
		name string
		err  error
		want classify.Verdict
	}{
		{"somebody else canceled", context.Canceled, verdict(unknown, classify.ReasonCanceled)},
		{"canceled while dialing", opError("dial", netCanceledError{}), notSent(unknown, classify.ReasonCanceled)},
		{"a timeout of ours", context.DeadlineExceeded, verdict(retryable, classify.ReasonTimeout)},
		{"a cause that stands for a deadline", deadlineError{}, verdict(retryable, classify.ReasonTimeout)},
		{"a read that timed out", opError("read", os.ErrDeadlineExceeded), verdict(retryable, classify.ReasonTimeout)},
		{"a dial that timed out", opError("dial", os.ErrDeadlineExceeded), notSent(retryable, classify.ReasonTimeout)},
		{"a dial that the kernel gave up", opError("dial", sysError(syscall.ETIMEDOUT)), notSent(retryable, classify.ReasonTimeout)},

		{"no such host", opError("dial", &net.DNSError{IsNotFound: true}), notSent(terminal, classify.ReasonNoSuchHost)},
		{"a resolver that does not answer", opError("dial", &net.DNSError{IsTimeout: true}), notSent(retryable, classify.ReasonTimeout)},
		{"a resolver in trouble", opError("dial", &net.DNSError{IsTemporary: true}), notSent(retryable, classify.ReasonDNS)},
		{"not found, for now", &net.DNSError{IsNotFound: true, IsTemporary: true}, notSent(retryable, classify.ReasonDNS)},
		{"a lookup that was canceled", &net.DNSError{UnwrapErr: context.Canceled}, notSent(unknown, classify.ReasonCanceled)},
		{"a proxy that does not exist", opError("proxyconnect", opError("dial", &net.DNSError{IsNotFound: true})), notSent(terminal, classify.ReasonNoSuchHost)},

		{"a certificate that was not verified", &tls.CertificateVerificationError{Err: x509.HostnameError{}}, notSent(terminal, classify.ReasonCertificate)},
		{"an unknown authority", x509.UnknownAuthorityError{}, verdict(terminal, classify.ReasonCertificate)},
		{"a wrong host name", x509.HostnameError{Certificate: &x509.Certificate{}}, verdict(terminal, classify.ReasonCertificate)},
		{"an expired certificate", x509.CertificateInvalidError{Reason: x509.Expired}, verdict(terminal, classify.ReasonCertificate)},
		{"a certificate of a proxy", opError("proxyconnect", &tls.CertificateVerificationError{}), notSent(terminal, classify.ReasonCertificate)},
		{"a server without TLS", tls.RecordHeaderError{Conn: &net.TCPConn{}}, notSent(terminal, classify.ReasonTLS)},
		{"a server without TLS, as http.Client says it", http.ErrSchemeMismatch, verdict(terminal, classify.ReasonTLS)},
		{"a record that broke later", tls.RecordHeaderError{}, verdict(retryable, classify.ReasonTLS)},
		{"encrypted hello rejected", &tls.ECHRejectionError{}, notSent(terminal, classify.ReasonTLS)},
		{"alert: bad certificate", opError("remote error", tls.AlertError(42)), verdict(terminal, classify.ReasonCertificate)},
		{"alert: certificate required", opError("remote error", tls.AlertError(116)), verdict(terminal, classify.ReasonCertificate)},
		{"alert: handshake failure", opError("remote error", tls.AlertError(40)), verdict(terminal, classify.ReasonTLS)},
		{"alert: protocol version", opError("local error", tls.AlertError(70)), verdict(terminal, classify.ReasonTLS)},
		{"alert: internal error", opError("remote error", tls.AlertError(80)), verdict(retryable, classify.ReasonTLS)},
		{"alert: bad record", opError("local error", tls.AlertError(20)), verdict(retryable, classify.ReasonTLS)},
		{"alert: of QUIC", tls.AlertError(80), verdict(retryable, classify.ReasonTLS)},
		{"alert: none", opError("remote error", errBroken), verdict(retryable, classify.ReasonTLS)},

		{"refused", opError("dial", sysError(syscall.ECONNREFUSED)), notSent(retryable, classify.ReasonRefused)},
		{"unreachable", opError("dial", sysError(syscall.EHOSTUNREACH)), notSent(retryable, classify.ReasonConnect)},
		{"reset while connecting", opError("dial", sysError(syscall.ECONNRESET)), notSent(retryable, classify.ReasonConnect)},
		{"out of descriptors", opError("dial", sysError(syscall.EMFILE)), notSent(retryable, classify.ReasonConnect)},
		{"a proxy that refuses", opError("proxyconnect", opError("dial", sysError(syscall.ECONNREFUSED))), notSent(retryable, classify.ReasonRefused)},
		{"a proxy that hangs up", opError("proxyconnect", io.EOF), notSent(retryable, classify.ReasonConnect)},
		{"a SOCKS proxy that cannot connect", opError("socks connect", errors.New("unknown error host unreachable")), notSent(retryable, classify.ReasonConnect)},
		{"a dial that says nothing", &net.OpError{Op: "dial"}, notSent(retryable, classify.ReasonConnect)},
		{"refused later on", opError("read", sysError(syscall.ECONNREFUSED)), verdict(retryable, classify.ReasonRefused)},
		{"a port that does not exist", opError("dial", &net.AddrError{Err: "invalid port"}), notSent(terminal, classify.ReasonRequest)},
		{"an unknown network", opError("dial", net.UnknownNetworkError("tcp9")), notSent(terminal, classify.ReasonRequest)},
		{"an address that does not parse", &net.ParseError{Type: "IP address"}, verdict(terminal, classify.ReasonRequest)},
		{"a proxy that does not parse", &url.Error{Op: "parse", Err: errBroken}, verdict(terminal, classify.ReasonRequest)},

		{"reset", opError("read", sysError(syscall.ECONNRESET)), verdict(retryable, classify.ReasonReset)},
		{"aborted", opError("read", sysError(syscall.ECONNABORTED)), verdict(retryable, classify.ReasonReset)},
		{"broken pipe", opError("write", sysError(syscall.EPIPE)), verdict(retryable, classify.ReasonReset)},
		{"EOF", io.EOF, verdict(retryable, classify.ReasonReset)},
		{"EOF, wrapped", fmt.Errorf("net/http: HTTP/1.x transport connection broken: %w", io.EOF), verdict(retryable, classify.ReasonReset)},
		{"unexpected EOF", io.ErrUnexpectedEOF, verdict(retryable, classify.ReasonReset)},
		{"closed", opError("read", net.ErrClosed), verdict(retryable, classify.ReasonReset)},

		{"a body that was closed before", http.ErrBodyReadAfterClose, verdict(terminal, classify.ReasonRequest)},
		{"a malformed header", textproto.ProtocolError("malformed MIME header"), verdict(retryable, classify.ReasonProtocol)},
		{"unknown", errBroken, verdict(retryable, classify.ReasonOther)},
		{"another errno", opError("read", sysError(syscall.EIO)), verdict(retryable, classify.ReasonOther)},

		{"rejected", rejectedError{yes: true}, notSent(unknown, classify.ReasonRejected)},
		{"rejected, wrapped", fmt.Errorf("host: %w", rejectedError{true, io.EOF}), notSent(unknown, classify.ReasonRejected)},
		{"not rejected after all", rejectedError{false, io.EOF}, verdict(retryable, classify.ReasonReset)},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := classify.Default()
			checkVerdict(t, c.Classify(nil, nil, test.err), test.want)
			checkVerdict(t, c.Classify(&http.Request{}, nil, fmt.Errorf("a: %w", fmt.Errorf("b: %w", test.err))), test.want)

			// Neither a redirect nor another attempt can be ruled out.
			test.want.NotSent = false
			checkVerdict(t, c.Classify(nil, nil, &url.Error{Op: "Get", Err: test.err}), test.want)
			checkVerdict(t, c.Classify(nil, nil, errors.Join(errBroken, test.err)), test.want)
		})
	}
}

// netCanceledError is like the unexported error of package net.
type netCanceledError struct{}

func (netCanceledError) Error() string        { return "operation was canceled" }
func (netCanceledError) Is(target error) bool { return target == context.Canceled }

type deadlineError struct{}

func (deadlineError) Error() string        { return "attempt timed out" }
func (deadlineError) Is(target error) bool { return target == context.DeadlineExceeded }

// rejectedError is like the error of an open circuit.
type rejectedError struct {
	yes bool
	err error
}

func (rejectedError) Error() string    { return "open" }
func (e rejectedError) Rejected() bool { return e.yes }
func (e rejectedError) Unwrap() error  { return e.err }

func TestClassify_ContextOfTheCaller(t *testing.T) {
	t.Parallel()
	canceled, cancel := context.WithCancel(context.Background())
	cancel()
	caused, cancelCause := context.WithCancelCause(context.Background())
	cancelCause(io.EOF)
	expired, stop := context.WithDeadline(context.Background(), time.Now().Add(-time.Hour))
	t.Cleanup(stop)
	reset := opError("read", sysError(syscall.ECONNRESET))
	for _, test := range []struct {
		name string
		ctx  context.Context
		err  error
		want classify.Verdict
	}{
		{"canceled, and the error says so", canceled, context.Canceled, verdict(classify.Unknown, classify.ReasonCanceled)},
		{"canceled, and the error is what came of it", canceled, reset, verdict(classify.Unknown, classify.ReasonCanceled)},
		{"canceled with a cause", caused, io.EOF, verdict(classify.Unknown, classify.ReasonCanceled)},
		{"expired, and the error says so", expired, context.DeadlineExceeded, verdict(classify.Retryable, classify.ReasonDeadline)},
		{"expired, and the error is what came of it", expired, reset, verdict(classify.Retryable, classify.ReasonDeadline)},
		{"expired before anything was sent", expired, opError("dial", os.ErrDeadlineExceeded), notSent(classify.Retryable, classify.ReasonDeadline)},
		{"expired, and never tried", expired, rejectedError{yes: true}, notSent(classify.Unknown, classify.ReasonRejected)},
		{"alive", context.Background(), reset, verdict(classify.Retryable, classify.ReasonReset)},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			req := (&http.Request{}).WithContext(test.ctx)
			checkVerdict(t, classify.Default().Classify(req, nil, test.err), test.want)
		})
	}
	// A response that made it in time is a response.
	checkVerdict(t, classify.Default().Classify((&http.Request{}).WithContext(canceled), response(200), nil),
		verdict(classify.Success, classify.ReasonStatus))
}

func TestClassify_RedirectPolicyOfNetHTTP(t *testing.T) {
	t.Parallel()
	client := &http.Client{
		Transport:     trip.Func(func(*http.Request) (*http.Response, error) { return redirect(), nil }),
		CheckRedirect: func(*http.Request, []*http.Request) error { return errors.New("not there") },
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://host.test/", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := client.Do(req)
	if resp == nil || err == nil {
		t.Fatalf("got %v and %v, want both", resp, err)
	}
	checkVerdict(t, classify.Default().Classify(req, resp, err), verdict(classify.Terminal, classify.ReasonRequest))
}

func redirect() *http.Response {
	return &http.Response{StatusCode: http.StatusFound, Header: http.Header{"Location": {"/"}}, Body: http.NoBody}
}

// Whatever an error is made of, nothing panics and nothing goes on for ever.
func TestClassify_OddErrors(t *testing.T) {
	t.Parallel()
	var self selfError
	self.errs = []error{&self, &self}
	for _, test := range []struct {
		name string
		err  error
	}{
		{"a nil *net.OpError", (*net.OpError)(nil)},
		{"a nil *url.Error", (*url.Error)(nil)},
		{"a nil *net.DNSError", (*net.DNSError)(nil)},
		{"a nil certificate error", (*tls.CertificateVerificationError)(nil)},
		{"nil inside", opError("read", (*os.SyscallError)(nil))},
		{"nothing inside", &url.Error{Op: "Get"}},
		{"nils joined", selfError{errs: []error{nil, nil}}},
		{"an error that wraps itself twice", &self},
		{"an error that cannot be compared", funcError(func() string { return "" })},
		{"a slice", sliceError{"a", "b"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			checkVerdict(t, classify.Default().Classify(nil, nil, test.err), verdict(classify.Retryable, classify.ReasonOther))
		})
	}
}

type selfError struct{ errs []error }

func (selfError) Error() string     { return "self" }
func (e selfError) Unwrap() []error { return e.errs }

type funcError func() string

func (e funcError) Error() string { return e() }

type sliceError []string

func (sliceError) Error() string { return "slice" }
