// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package idempotency

import "strings"

// maxKeyLen is the limit of the services that state one.
const maxKeyLen = 255

// isKey reports whether a server can be expected to take s for a key. Spaces
// are out because servers and proxies trim or fold them, so that two keys
// could become one.
func isKey(s string) bool {
	if s == "" || len(s) > maxKeyLen {
		return false
	}
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// write returns the header's value for a key that isKey agrees with.
func (f Format) write(key string) string {
	if f != Quoted {
		return key
	}
	return `"` + escaper.Replace(key) + `"`
}

// escaper is read-only. RFC 9651 §3.3.3: these two, and no others, have a
// backslash in front.
var escaper = strings.NewReplacer(`\`, `\\`, `"`, `\"`) //nolint:gochecknoglobals // a constant

// isToken reports whether s is a token as of RFC 9110 §5.6.2.
func isToken(s string) bool {
	if s == "" {
		return false
	}
	for i := range len(s) {
		if !isTokenByte(s[i]) {
			return false
		}
	}
	return true
}

func isTokenByte(b byte) bool {
	switch {
	case 'a' <= b && b <= 'z', 'A' <= b && b <= 'Z', '0' <= b && b <= '9':
		return true
	}
	return strings.IndexByte("!#$%&'*+-.^_`|~", b) >= 0
}
