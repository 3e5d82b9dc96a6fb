// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package main

import (
	"fmt"
	"net"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// An injector stands in front of the API, where the network, gateways and
// crashes are, and makes the faults of its mix. It also counts what arrives.
// It is safe for concurrent use.
type injector struct {
	next http.Handler
	mix  mix
	seed uint64
	// slow is how long the work of a slow answer takes.
	slow time.Duration

	overloaded atomic.Bool // answer 503 to everything
	struck     [faultKinds]atomic.Int64

	mu      sync.Mutex
	arrived map[string]int // by request id
	total   int
}

func newInjector(next http.Handler, m mix, seed uint64, slow time.Duration) *injector {
	return &injector{next: next, mix: m, seed: seed, slow: slow, arrived: map[string]int{}}
}

// count notes that a request arrived, and returns which attempt of its call it
// is.
func (in *injector) count(id string) int {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.total++
	in.arrived[id]++
	return in.arrived[id]
}

// arrivals returns how often requests of that id arrived.
func (in *injector) arrivals(id string) int {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.arrived[id]
}

// requests returns how many requests arrived.
func (in *injector) requests() int {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.total
}

func (in *injector) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id := r.Header.Get(headerRequestID)
	attempt := in.count(id)
	if in.overloaded.Load() {
		unavailable(w, http.StatusServiceUnavailable)
		return
	}
	f, die := in.mix.decide(in.seed, id, attempt)
	in.struck[f].Add(1)
	switch f {
	case fault500:
		unavailable(w, http.StatusInternalServerError)
	case fault502:
		in.work(r)
		badGateway(w, http.StatusBadGateway)
	case fault503:
		if die == 0 {
			w.Header().Set("Retry-After", "1")
		}
		unavailable(w, http.StatusServiceUnavailable)
	case fault504:
		in.work(r)
		badGateway(w, http.StatusGatewayTimeout)
	case resetBefore:
		reset(w)
	case resetAfter:
		in.work(r)
		reset(w)
	case slowAnswer:
		in.next.ServeHTTP(w, r.WithContext(withPause(r.Context(), in.slow)))
	case cutBody:
		cut(w, in.work(r))
	case faultNone, faultKinds:
		in.next.ServeHTTP(w, r)
	}
}

// work lets the API do its work, and keeps the answer back.
func (in *injector) work(r *http.Request) *recording {
	rec := &recording{header: http.Header{}, status: http.StatusOK}
	in.next.ServeHTTP(rec, r)
	return rec
}

// unavailable answers as the API itself does when it fails.
func unavailable(w http.ResponseWriter, status int) {
	newAnswer(status, map[string]any{"error": map[string]string{"message": "something is wrong on our side"}}).write(w)
}

// badGateway answers as a gateway does that knows nothing of the API.
func badGateway(w http.ResponseWriter, status int) {
	w.Header().Set("Content-Type", "text/html")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, "<html><title>%d %s</title></html>\n", status, http.StatusText(status))
}

// reset drops the connection with a TCP RST.
func reset(w http.ResponseWriter) {
	if h, ok := w.(http.Hijacker); ok {
		if conn, _, err := h.Hijack(); err == nil {
			if tcp, ok := conn.(*net.TCPConn); ok {
				_ = tcp.SetLinger(0)
			}
			_ = conn.Close()
			return
		}
	}
	panic(http.ErrAbortHandler) //nolint:forbidigo // how net/http is told to drop a connection
}

// cut sends an answer's headers and half its body, then drops the connection.
func cut(w http.ResponseWriter, a *recording) {
	for name, values := range a.header {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body[:len(a.body)/2]) //nolint:gosec // JSON of our own making
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler) //nolint:forbidigo // how net/http is told to drop a connection
}

// A recording is an http.ResponseWriter that keeps the answer.
type recording struct {
	header http.Header
	status int
	body   []byte
}

func (rec *recording) Header() http.Header    { return rec.header }
func (rec *recording) WriteHeader(status int) { rec.status = status }
func (rec *recording) Write(p []byte) (int, error) {
	rec.body = append(rec.body, p...)
	return len(p), nil
}
