// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package triptest

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"
)

// An Attempt is one request as it came by a [Recorder], and what became of it.
// Header and Trailer are copies.
type Attempt struct {
	// Request is the request itself. It may have been changed since, or belong
	// to somebody else by now.
	Request *http.Request

	// Method, URL, Host, ContentLength, TransferEncoding and Close are those
	// of the request when it came by.
	Method           string
	URL              string
	Host             string
	ContentLength    int64
	TransferEncoding []string
	Close            bool

	// Header is that of the request when it came by.
	Header http.Header

	// Trailer is that of the request at the end of its body.
	Trailer http.Header

	// HasBody says that the request had a body other than [http.NoBody], and
	// HasGetBody that it had a GetBody.
	HasBody, HasGetBody bool

	// Body is what was read of the body, and BodyErr the error that ended it:
	// nil at its end of file, or while it is being read.
	Body    []byte
	BodyErr error

	// BodyClosed says that the body was closed.
	BodyClosed bool

	// Context is the context of the request.
	Context context.Context //nolint:containedctx // a record of what was given

	// Start is when the request came by. End is when the answer did; it is
	// zero until then.
	Start, End time.Time

	// Status is the response's status code, or 0, and Err the error.
	Status int
	Err    error
}

// A Recorder writes down what passes through it. The zero value is ready to
// use. It is safe for concurrent use.
type Recorder struct {
	mu       sync.Mutex
	attempts []*record
}

// record is an Attempt in the making, guarded by the recorder's lock.
type record struct {
	rec     *Recorder
	attempt Attempt
}

// Wrap returns a RoundTripper that records what it hands to next. Put it
// beneath the wrapper that you want to watch.
func (r *Recorder) Wrap(next http.RoundTripper) http.RoundTripper {
	return &recording{recorder: r, next: next}
}

// Attempts returns what has come by so far, in the order in which it came.
func (r *Recorder) Attempts() []Attempt {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := make([]Attempt, 0, len(r.attempts))
	for _, rec := range r.attempts {
		a := rec.attempt
		a.Body = slices.Clone(a.Body)
		out = append(out, a)
	}
	return out
}

// Len returns the number of attempts so far.
func (r *Recorder) Len() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.attempts)
}

// begin writes down a request.
func (r *Recorder) begin(req *http.Request) *record {
	rec := &record{rec: r, attempt: Attempt{
		Request: req, Method: req.Method, Host: req.Host,
		ContentLength: req.ContentLength, TransferEncoding: slices.Clone(req.TransferEncoding),
		Close: req.Close, Header: req.Header.Clone(),
		HasBody: req.Body != nil && req.Body != http.NoBody, HasGetBody: req.GetBody != nil,
		Context: req.Context(), Start: time.Now(),
	}}
	if req.URL != nil {
		rec.attempt.URL = req.URL.String()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.attempts = append(r.attempts, rec)
	return rec
}

func (rec *record) update(f func(*Attempt)) {
	rec.rec.mu.Lock()
	defer rec.rec.mu.Unlock()
	f(&rec.attempt)
}

// end writes down the answer.
func (rec *record) end(resp *http.Response, err error) {
	rec.update(func(a *Attempt) {
		a.End, a.Err = time.Now(), err
		if resp != nil {
			a.Status = resp.StatusCode
		}
	})
}

// body returns the request's body with an ear at it.
func (rec *record) body(req *http.Request) io.ReadCloser {
	if req.Body == nil || req.Body == http.NoBody {
		return req.Body
	}
	return &recordedBody{ReadCloser: req.Body, rec: rec, req: req}
}

type recordedBody struct {
	io.ReadCloser
	rec *record
	req *http.Request
}

func (b *recordedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.rec.update(func(a *Attempt) {
		a.Body = append(a.Body, p[:n]...)
		if errors.Is(err, io.EOF) {
			a.Trailer = b.req.Trailer.Clone()
		} else if err != nil {
			a.BodyErr = err
		}
	})
	return n, err //nolint:wrapcheck // a reader hands on the reader's error
}

func (b *recordedBody) Close() error {
	b.rec.update(func(a *Attempt) { a.BodyClosed = true })
	return b.ReadCloser.Close()
}

// recording is a Recorder in front of a RoundTripper.
type recording struct {
	recorder *Recorder
	next     http.RoundTripper
}

// RoundTrip records the request and hands on a copy whose body is watched.
func (r *recording) RoundTrip(req *http.Request) (*http.Response, error) {
	rec := r.recorder.begin(req)
	sent := req.WithContext(req.Context())
	sent.Body = rec.body(req)
	resp, err := r.next.RoundTrip(sent)
	if resp != nil && resp.Request == sent {
		resp.Request = req
	}
	rec.end(resp, err)
	return resp, err //nolint:wrapcheck // transparent
}

// CloseIdleConnections passes the call on.
func (r *recording) CloseIdleConnections() {
	if c, ok := r.next.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// Unwrap returns the RoundTripper beneath.
func (r *recording) Unwrap() http.RoundTripper { return r.next }
