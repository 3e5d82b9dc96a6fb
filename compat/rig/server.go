// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package rig

import (
	"fmt"
	"log/slog"
	"net"
	"net/http"
)

// Serve serves h on a port of its own, HTTP/1 and HTTP/2 without TLS alike.
func Serve(h http.Handler) (Server, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // there is nothing to wait for
	if err != nil {
		return Server{}, fmt.Errorf("serve: %w", err)
	}
	srv := &http.Server{ //nolint:gosec // no slow client comes here
		Handler: h, Protocols: new(http.Protocols), ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError),
	}
	srv.Protocols.SetHTTP1(true)
	srv.Protocols.SetUnencryptedHTTP2(true)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = srv.Serve(l) // it ends by Close
	}()
	return Server{URL: "http://" + l.Addr().String(), Close: func() { _ = srv.Close(); <-done }}, nil
}
