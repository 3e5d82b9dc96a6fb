// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package classify

import "reflect"

// alertFacts sorts a TLS alert. An alert proves nothing about the request: in
// TLS 1.3 a server may refuse the certificate of a client that has long sent
// its request.
//
// Package crypto/tls has an exported AlertError for QUIC, but returns another,
// unexported type where the connection is TCP. Both are the number of the alert.
func alertFacts(err error) fact {
	v := reflect.ValueOf(err)
	if v.Kind() != reflect.Uint8 {
		return factTLS
	}
	switch v.Uint() { // RFC 8446 §6, §6.2; those of TLS 1.2: RFC 5246 §7.2
	case 42, // bad_certificate
		43,  // unsupported_certificate
		44,  // certificate_revoked
		45,  // certificate_expired
		46,  // certificate_unknown
		48,  // unknown_ca
		116: // certificate_required
		return factCertificate
	case 40, // handshake_failure: no acceptable set of parameters
		47,  // illegal_parameter
		49,  // access_denied
		70,  // protocol_version
		71,  // insufficient_security
		86,  // inappropriate_fallback
		109, // missing_extension
		110, // unsupported_extension
		112, // unrecognized_name
		115, // unknown_psk_identity
		120, // no_application_protocol
		121: // ech_required
		return factTLSFinal
	}
	// What is left can pass: internal_error, a record damaged on its way, a
	// close_notify in the middle.
	return factTLS
}
