// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package workload

import (
	"bytes"
	"io"
	"net/http"
	"sync/atomic"
)

// base is the innermost RoundTripper. It keeps the contract: it reads and
// closes the request body, leaves the request alone, and makes its answer from
// what the worker says.
type base struct {
	down    atomic.Bool // everything is a 503
	reached atomic.Int64
}

var _ http.RoundTripper = (*base)(nil)

// RoundTrip answers at once.
func (b *base) RoundTrip(req *http.Request) (*http.Response, error) {
	w, ok := req.Context().Value(workerKey{}).(*worker)
	if !ok {
		return nil, errNoWorker
	}
	if len(req.URL.Host) == 0 { // a transport looks at it, so its memory is warm
		return nil, errNoHost
	}
	if req.Body != nil {
		if _, err := io.Copy(io.Discard, req.Body); err != nil {
			return nil, err
		}
		_ = req.Body.Close()
	}
	if b.down.Load() {
		b.reached.Add(1)
		return unavailable(), nil
	}
	return w.answer(), nil
}

func unavailable() *http.Response {
	return &http.Response{
		StatusCode: http.StatusServiceUnavailable, Status: "503 Service Unavailable",
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{}, Body: http.NoBody,
	}
}

// answer returns the response to the worker's next attempt.
func (w *worker) answer() *http.Response {
	w.attempt++
	w.sent++
	resp := &w.responses[w.attempt%len(w.responses)]
	if w.attempt > w.failing {
		*resp = w.good
		if w.readsBody {
			w.page.Reset(w.pageBytes)
			resp.Body = &w.page
		}
		return resp
	}
	*resp = w.bad
	if w.outcome == OneRetryBody {
		// A layer may drain it on another goroutine for as long as it likes, so
		// neither response nor body can be used again.
		resp = new(http.Response)
		*resp = w.bad
		resp.Body = newPage(w.pageBytes[:badBody])
		resp.ContentLength = badBody
	}
	return resp
}

const (
	goodBody = 4 << 10
	badBody  = 2 << 10
)

// page is the body of a response. Like those of net/http it has no WriteTo.
type page struct{ r bytes.Reader }

func newPage(data []byte) *page {
	p := new(page)
	p.Reset(data)
	return p
}

func (p *page) Reset(data []byte)             { p.r.Reset(data) }
func (p *page) Read(into []byte) (int, error) { return p.r.Read(into) }
func (p *page) Close() error                  { return nil }

// bareBase is the base as a contender: what a case costs without any layer.
func bareBase(o Outcome, b http.RoundTripper) http.RoundTripper {
	switch o {
	case Rejected:
		return refusing{}
	case OneRetry, OneRetryBody:
		return twice{b}
	case Success, BodyRead:
	}
	return b
}

// refusing is the floor under a rejection.
type refusing struct{}

func (refusing) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Body != nil {
		_ = req.Body.Close()
	}
	return nil, errRefused
}

// twice is the floor under a retry: two attempts and nothing else.
type twice struct{ next http.RoundTripper }

func (t twice) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := t.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	_ = resp.Body.Close()
	return t.next.RoundTrip(req)
}
