// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package network

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// Ports are taken from below the range that systems take the local ports of
// outgoing connections from: one that is closed for a moment must be free when
// it is to be opened again.
const (
	lowPort, highPort = 12000, 30000
	portTries         = 200
)

// taken are the ports that were ever given out in this process. One that is
// closed for a moment looks free to a network beside it.
var taken sync.Map //nolint:gochecknoglobals // ports belong to the machine

// onFreePort calls open with addresses until one can be listened on.
func onFreePort(open func(address string) error) error {
	var err error
	for range portTries {
		port := lowPort + rand.IntN(highPort-lowPort) //nolint:gosec // no secret
		if _, before := taken.LoadOrStore(port, true); before {
			continue
		}
		if err = open(net.JoinHostPort("127.0.0.1", strconv.Itoa(port))); err == nil {
			return nil
		}
	}
	return fmt.Errorf("network: no free port in %d tries: %w", portTries, err)
}

// A server can be stopped and started again on the same port. It is not safe
// for concurrent use.
type server struct {
	handler http.Handler
	address string
	http    *http.Server
	done    chan struct{}
}

func newServer(ctx context.Context, h http.Handler) (*server, error) {
	s := &server{handler: h}
	return s, onFreePort(func(address string) error {
		s.address = address
		return s.start(ctx)
	})
}

// start listens, whether or not ctx has ended.
func (s *server) start(ctx context.Context) error {
	l, err := (&net.ListenConfig{}).Listen(context.WithoutCancel(ctx), "tcp", s.address)
	if err != nil {
		return err
	}
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	protocols.SetUnencryptedHTTP2(true)
	s.http = &http.Server{
		Handler: s.handler, Protocols: &protocols, ReadHeaderTimeout: time.Minute,
		ErrorLog: log.New(io.Discard, "", 0), //nolint:forbidigo // to keep it silent
	}
	s.done = make(chan struct{})
	go func(srv *http.Server, done chan<- struct{}) {
		defer close(done)
		_ = srv.Serve(l) // it returns when the server is closed
	}(s.http, s.done)
	return nil
}

// stop closes the listener and all connections. With grace, requests that are
// being worked on are answered first, and HTTP/2 says goodbye. It does so
// whether or not ctx has ended.
func (s *server) stop(ctx context.Context, grace time.Duration) error {
	var err error
	if grace > 0 {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
		err = s.http.Shutdown(ctx)
		cancel()
	}
	if grace == 0 || errors.Is(err, context.DeadlineExceeded) {
		err = s.http.Close()
	}
	<-s.done
	return err
}
