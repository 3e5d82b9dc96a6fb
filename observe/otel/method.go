// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package surefoototel

import (
	"net/http"
	"slices"
)

// other is what the conventions call all that has no name of its own.
const other = "_OTHER"

// knownMethods are those of RFC 9110, RFC 5789 (PATCH) and the draft of QUERY,
// as the conventions have it. The list is read-only.
var knownMethods = []string{ //nolint:gochecknoglobals // a constant table
	http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodHead,
	http.MethodPatch, http.MethodOptions, "QUERY", http.MethodTrace, http.MethodConnect,
}

// method returns a method, as it is sent and as it is told. To net/http an
// empty one is a GET.
func (c *config) method(m string) (sent, told string) {
	if m == "" {
		m = http.MethodGet
	}
	if slices.Contains(c.methods, m) {
		return m, m
	}
	return m, other
}
