// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

//go:build go1.26

package classify_test

import (
	"net/http"
	"testing"
)

// clientConnErrors are seen where a single connection is the transport, which
// repeats nothing.
func clientConnErrors() []provoked {
	return []provoked{{
		"http2: Transport received Server's graceful shutdown GOAWAY", unsent, func(t *testing.T) error {
			conn, err := http2Transport(t, nil, goAway(0, 0)).NewClientConn(t.Context(), "http", "host.test:80")
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { conn.Close() })
			return send(t, conn, func(req *http.Request) { post(req) })
		},
	}}
}
