// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/surefoot-go/surefoot/status"
	"github.com/surefoot-go/surefoot/transport"
)

// showPage serves the status page of a stack on an address until stop is called,
// and says where. Circuits can be forced on it: it is meant for a loopback
// address.
func showPage(ctx context.Context, addr string, stack *transport.Transport, stderr io.Writer) (stop func(), err error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("serve the status page: %w", err)
	}
	page := status.Handler(stack, status.WithName("cloudpayments"), status.WithControls())
	server := &http.Server{Handler: local(page), ReadHeaderTimeout: 10 * time.Second}
	server.RegisterOnShutdown(page.Close)
	go func() { _ = server.Serve(l) }()
	_, _ = fmt.Fprintf(stderr, "status page: http://%s/\n", l.Addr())
	return func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = server.Shutdown(ctx)
		_ = server.Close()
		page.Close()
	}, nil
}

// local refuses requests that were made for another name than an address or
// localhost. A site can give its own name the address of this machine, and then
// its pages and ours are of one origin to a browser (DNS rebinding).
func local(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := (&url.URL{Host: r.Host}).Hostname()
		if net.ParseIP(host) == nil && !strings.EqualFold(host, "localhost") {
			http.Error(w, "ask for an address, or for localhost", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}
