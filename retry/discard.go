// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package retry

import (
	"bytes"
	"io"
	"net/http"
	"sync/atomic"

	"github.com/surefoot-go/surefoot/classify"
)

// drainLimit bounds what is read of a body that nobody wants. An HTTP/1
// connection can be used again only if its response was read to the end; past
// this size a new connection is cheaper.
const drainLimit = 64 << 10

// A drain reads a discarded body in the background, so that one that stalls
// or never ends delays nothing. It lasts no longer than the wait that follows
// anyway: [drain.stop] closes a body that is not done by then, which ends the
// read. What it has read it keeps, because the response may be wanted after
// all; see [outcome.revive].
type drain struct {
	body   io.ReadCloser
	kept   bytes.Buffer
	end    error       // what the body ended with, or io.ErrUnexpectedEOF
	done   atomic.Bool // kept and end are set
	closed atomic.Bool
}

// discard sees to it that the body of a response that nobody wants is closed,
// and drains it first if there is something to gain by that. It returns nil
// where there is nothing to drain.
func discard(resp *http.Response, reuse bool) *drain {
	if resp == nil || resp.Body == nil || resp.Body == http.NoBody {
		return nil
	}
	d := &drain{body: resp.Body}
	if !reuse || resp.Close || resp.ContentLength > drainLimit || resp.StatusCode == http.StatusSwitchingProtocols {
		// The connection will not be used again.
		d.stop()
		return nil
	}
	go d.run(resp.ContentLength)
	return d
}

func (d *drain) run(length int64) {
	if length > 0 {
		d.kept.Grow(int(length) + bytes.MinRead)
	}
	// One byte more than the limit tells an end from a cut, and the end has to
	// be seen for the connection to be free.
	_, err := d.kept.ReadFrom(io.LimitReader(d.body, drainLimit+1))
	switch {
	case err != nil:
		d.end = err
	case d.kept.Len() > drainLimit:
		d.end = io.ErrUnexpectedEOF
	default:
		d.end = io.EOF
	}
	d.done.Store(true)
	if d.closed.CompareAndSwap(false, true) {
		_ = d.body.Close()
	}
}

// stop closes the body once, and does not wait for that. Close can block too:
// since Go 1.26 that of a body that net/http decompresses waits for a Read that
// is still waiting for the first bytes, and that of HTTP/2 for whoever writes
// to the connection. On a nil drain stop does nothing.
func (d *drain) stop() {
	if d != nil && d.closed.CompareAndSwap(false, true) {
		go func() { _ = d.body.Close() }()
	}
}

// An outcome is what an attempt gave.
type outcome struct {
	resp    *http.Response
	err     error
	verdict classify.Verdict
}

// revive makes an outcome that was given up for another attempt fit to be
// handed over after all. A body that was not drained to its end ends as one
// does whose connection broke: what counts is that the status is known.
func (o *outcome) revive(d *drain) {
	if o.resp == nil || o.resp.Body == nil || o.resp.Body == http.NoBody {
		return
	}
	left := &remnant{end: io.ErrUnexpectedEOF}
	if d != nil && d.done.Load() {
		left.kept, left.end = d.kept.Bytes(), d.end
	}
	o.resp.Body = left
}

// A remnant is what is left of a body that was drained: bytes, and how they
// end. There is nothing to close.
type remnant struct {
	kept []byte
	end  error
}

func (r *remnant) Read(p []byte) (int, error) {
	if len(r.kept) == 0 {
		return 0, r.end
	}
	n := copy(p, r.kept)
	r.kept = r.kept[n:]
	return n, nil
}

func (*remnant) Close() error { return nil }
