// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package docs_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
)

// A server is what the examples call. It counts requests.
type server struct {
	*httptest.Server
	requests atomic.Int32
}

// serve starts a server that tells its handler the number of each request.
func serve(handle func(n int32, w http.ResponseWriter, r *http.Request)) *server {
	s := new(server)
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		handle(s.requests.Add(1), w, r)
	}))
	return s
}

// answering starts a server that gives these statuses one after the other, and
// the last one from then on.
func answering(statuses ...int) *server {
	return serve(func(n int32, w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(statuses[min(int(n), len(statuses))-1])
		fmt.Fprintln(w, `{"code": "example"}`)
	})
}

// tell prints how a call ended, and how many requests the server got.
func (s *server) tell(resp *http.Response, err error) {
	switch {
	case err != nil:
		fmt.Printf("%v after %d requests\n", err, s.requests.Load())
	default:
		defer resp.Body.Close()
		fmt.Printf("%d after %d requests\n", resp.StatusCode, s.requests.Load())
	}
}

// bank is a payments service. It remembers what it did by its key, and cuts the
// first connections after it has done it.
type bank struct {
	*server
	mu   sync.Mutex
	made map[string]int
}

func newBank(cuts int32) *bank {
	b := &bank{made: map[string]int{}}
	b.server = serve(func(n int32, w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		b.mu.Lock()
		key := r.Header.Get("Idempotency-Key")
		if key == "" {
			key = fmt.Sprint("request ", n)
		}
		if b.made[key] == 0 {
			b.made[key]++
		}
		b.mu.Unlock()
		if n <= cuts {
			panic(http.ErrAbortHandler) // the connection breaks, and the payment is made
		}
		w.WriteHeader(http.StatusCreated)
	})
	return b
}

// payments counts the payments that were made.
func (b *bank) payments() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.made)
}
