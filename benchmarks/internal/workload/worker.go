// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package workload

import (
	"bytes"
	"context"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
)

type workerKey struct{}

// worker is what one goroutine needs to make calls without allocating.
type worker struct {
	outcome   Outcome
	failing   int // how many attempts of each call fail
	readsBody bool

	attempt int // of the call that is under way
	sent    int // attempts since they were last compared

	template, req http.Request
	urls          []*url.URL // shared by all workers
	visits        []uint32   // the order of urls
	at            int

	payload []byte
	reader  bytes.Reader
	body    io.ReadCloser

	good, bad http.Response
	responses [4]http.Response
	page      page
	pageBytes []byte
	into      []byte

	_ [128]byte // keeps the next worker's memory off this one's cache lines
}

func newWorker(ctx context.Context, c Case, urls []*url.URL, number int) *worker {
	w := &worker{
		outcome: c.Outcome, readsBody: c.Outcome == BodyRead, urls: urls,
		visits:    shuffled(len(urls), uint64(number)),
		payload:   make([]byte, c.Kind.Size()),
		pageBytes: make([]byte, goodBody), into: make([]byte, 1024),
	}
	if c.Outcome.Retries() {
		w.failing = 1
	}
	w.good = http.Response{
		StatusCode: http.StatusOK, Status: "200 OK", Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {"application/json"}}, Body: http.NoBody,
	}
	if w.readsBody {
		w.good.ContentLength = goodBody
	}
	w.bad = *unavailable() //nolint:bodyclose // it has none
	w.body = io.NopCloser(&w.reader)
	w.template = *w.request(ctx, c)
	return w
}

// request makes the request that all of the worker's are copies of.
func (w *worker) request(ctx context.Context, c Case) *http.Request {
	req := (&http.Request{
		Method: c.Kind.method(), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Accept": {"application/json"}, "User-Agent": {"surefoot-benchmarks"}},
	}).WithContext(context.WithValue(ctx, workerKey{}, w))
	if c.Kind == Get {
		return req
	}
	req.Header.Set("Content-Type", "application/octet-stream")
	if c.Kind == Post && c.Outcome.Retries() {
		req.Header.Set("Idempotency-Key", "4f0f9d1c")
	}
	req.ContentLength = int64(len(w.payload))
	req.Body = w.body
	req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(w.payload)), nil }
	return req
}

// next prepares the worker's next call and returns its request: a fresh copy,
// because some contenders write to the caller's request.
func (w *worker) next() *http.Request {
	w.attempt = 0
	w.req = w.template
	w.req.URL = w.urls[w.visits[w.at]]
	if w.at++; w.at == len(w.visits) {
		w.at = 0
	}
	if w.req.Body != nil {
		w.reader.Reset(w.payload)
	}
	return &w.req
}

// finish uses a response as its caller would.
func (w *worker) finish(resp *http.Response) error {
	if resp.StatusCode != http.StatusOK {
		return errStatus
	}
	for w.readsBody {
		if _, err := resp.Body.Read(w.into); err != nil {
			if err == io.EOF {
				break
			}
			return err
		}
	}
	return resp.Body.Close()
}

func shuffled(n int, seed uint64) []uint32 {
	order := make([]uint32, n)
	for i, v := range rand.New(rand.NewPCG(seed, 1)).Perm(n) {
		order[i] = uint32(v)
	}
	return order
}
