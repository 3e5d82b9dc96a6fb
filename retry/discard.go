// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package retry

import (
	"io"
	"net/http"
	"sync/atomic"
)

// drainLimit bounds what is read of a body that nobody wants. An HTTP/1
// connection can be used again only if its response was read to the end; past
// this size a new connection is cheaper.
const drainLimit = 64 << 10

// A drain reads a discarded body in the background, so that one that stalls
// or never ends delays nothing. It lasts no longer than the wait that follows
// anyway: [drain.stop] closes a body that is not done by then, which ends the
// read.
type drain struct {
	body   io.ReadCloser
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
	go d.run()
	return d
}

func (d *drain) run() {
	// One byte more than the limit tells an end from a cut, and the end has to
	// be seen for the connection to be free.
	_, _ = io.CopyN(io.Discard, d.body, drainLimit+1)
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
