// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package suite

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
)

// server is an HTTP server on the loopback interface that counts connections.
type server struct {
	url          string
	http         http.Server
	opened, open atomic.Int64
	done         chan error
}

// serve starts a server that speaks HTTP/1.1 and HTTP/2, both without TLS:
// ciphers would only hide what is to be seen.
func serve(handler http.Handler) (*server, error) {
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &server{url: fmt.Sprintf("http://%s/", listener.Addr()), done: make(chan error, 1)}
	s.http.Handler = handler
	s.http.Protocols = new(http.Protocols)
	s.http.Protocols.SetHTTP1(true)
	s.http.Protocols.SetUnencryptedHTTP2(true)
	s.http.ConnState = func(_ net.Conn, state http.ConnState) {
		switch state {
		case http.StateNew:
			s.opened.Add(1)
			s.open.Add(1)
		case http.StateClosed, http.StateHijacked:
			s.open.Add(-1)
		case http.StateActive, http.StateIdle:
		}
	}
	go func() { s.done <- s.http.Serve(listener) }()
	return s, nil
}

// close ends the server and all its connections.
func (s *server) close() error {
	err := s.http.Close()
	if served := <-s.done; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}

// newTransport returns what every contender gets one of: a transport with a
// pool of its own, for one protocol.
func newTransport(http2 bool) *http.Transport {
	t := &http.Transport{MaxIdleConnsPerHost: 64, Protocols: new(http.Protocols)}
	if http2 {
		t.Protocols.SetUnencryptedHTTP2(true)
	} else {
		t.Protocols.SetHTTP1(true)
	}
	return t
}

// healthy answers every request with 1 KiB.
func healthy() http.Handler {
	page := make([]byte, 1<<10)
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		_, _ = io.Copy(io.Discard, req.Body)
		_, _ = w.Write(page)
	})
}

// flaky answers a share of the requests with a 503 of the given size, and the
// rest with a few bytes.
func flaky(share float64, size int, seed uint64) http.Handler {
	var (
		mu    sync.Mutex
		dice  = rand.New(rand.NewPCG(seed, 0))
		page  = make([]byte, size)
		lucky = func() bool {
			mu.Lock()
			defer mu.Unlock()
			return dice.Float64() >= share
		}
	)
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		_, _ = io.Copy(io.Discard, req.Body)
		if lucky() {
			_, _ = io.WriteString(w, "good")
			return
		}
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = w.Write(page)
	})
}

// exchange makes one call and reads its answer to the end. A response that is
// not a 200 is not an error.
func exchange(rt http.RoundTripper, req *http.Request) (status int, err error) {
	resp, err := rt.RoundTrip(req)
	if err != nil {
		return 0, err
	}
	_, err = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode, errors.Join(err, resp.Body.Close())
}
