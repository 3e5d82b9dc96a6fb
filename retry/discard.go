// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package retry

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/surefoot-go/surefoot/classify"
)

// drainLimit bounds what is read of a body that nobody wants. An HTTP/1
// connection can be used again only if its response was read to the end; past
// this size a new connection is cheaper.
const drainLimit = 64 << 10

// minDrain is what a drain gets where the wait is shorter, or none: most bodies are
// here with their headers, and one that is not delays the next attempt no longer
// than that.
const minDrain = 10 * time.Millisecond

// A drain reads a discarded body in the background, so that one that stalls
// or never ends delays nothing. It lasts no longer than the wait that follows
// anyway, or [minDrain]: [drain.stop] closes a body that is not done by then, which
// ends the read. What it has read it keeps, because the response may be wanted after
// all; see [outcome.revive]. For that alone it also reads what frees no connection.
type drain struct {
	body   io.ReadCloser
	ended  chan struct{}
	closed atomic.Bool

	mu   sync.Mutex
	kept []byte // guarded by mu; nothing in it is written again
	end  error  // guarded by mu; what the body ended with
}

// discard sees to it that the body of a response that nobody wants is closed,
// and drains it first. It returns nil where there is nothing to drain.
func discard(resp *http.Response) *drain {
	if resp == nil || resp.Body == nil || resp.Body == http.NoBody {
		return nil
	}
	d := &drain{body: resp.Body, ended: make(chan struct{}), end: io.ErrUnexpectedEOF}
	if resp.StatusCode == http.StatusSwitchingProtocols { // no body, but a connection
		d.stop()
		return nil
	}
	go d.run(resp.ContentLength)
	return d
}

// run reads to the end, within the limit, and closes. On the caller's goroutine a
// body that panics is the caller's affair; here nobody could recover from it, so
// that is the end of the body.
func (d *drain) run(length int64) {
	defer close(d.ended)
	defer d.close()
	defer func() { _ = recover() }()
	size := min(max(length, 0), drainLimit) + 1
	buf := make([]byte, 0, max(size, bytes.MinRead))
	// One byte more than the limit tells an end from a cut, and the end has to
	// be seen for the connection to be free.
	for len(buf) <= drainLimit {
		buf = slices.Grow(buf, 1)
		n, err := d.body.Read(buf[len(buf):min(cap(buf), drainLimit+1)])
		buf = buf[:len(buf)+n]
		d.mu.Lock()
		d.kept = buf
		if err != nil {
			d.end = err
		}
		d.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// wait waits for the end of a drain that had less than [minDrain] for it. On a nil
// drain it does nothing, as stop.
func (d *drain) wait(req *http.Request, had time.Duration) {
	if d == nil || had >= minDrain {
		return
	}
	timer := time.NewTimer(minDrain - had)
	defer timer.Stop()
	select {
	case <-d.ended:
	case <-timer.C:
	case <-req.Context().Done():
	}
}

// stop closes the body once, and does not wait for that. Close can block too:
// since Go 1.26 that of a body that net/http decompresses waits for a Read that
// is still waiting for the first bytes, and that of HTTP/2 for whoever writes
// to the connection.
func (d *drain) stop() {
	if d != nil && !d.closed.Load() {
		go d.close()
	}
}

// close closes the body, once.
func (d *drain) close() {
	if d.closed.CompareAndSwap(false, true) {
		defer func() { _ = recover() }() // as in run
		_ = d.body.Close()
	}
}

// read returns what was read so far, and how it ends.
func (d *drain) read() ([]byte, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.kept, d.end
}

// An outcome is what an attempt gave.
type outcome struct {
	resp    *http.Response
	err     error
	verdict classify.Verdict
}

// revive makes an outcome that was given up for another attempt fit to be
// handed over after all. A body that was not drained to its end ends as one
// does whose connection broke, after what was read of it.
func (o *outcome) revive(d *drain) {
	if o.resp == nil || o.resp.Body == nil || o.resp.Body == http.NoBody {
		return
	}
	left := &remnant{end: io.ErrUnexpectedEOF}
	if d != nil {
		left.kept, left.end = d.read()
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
