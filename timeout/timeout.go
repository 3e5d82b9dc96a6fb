// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package timeout

import (
	"net/http"
	"time"

	"github.com/surefoot-go/surefoot/trip"
)

// A Timeout gives up attempts whose response headers take too long. It holds
// no state of its calls, so one value may wrap any number of RoundTrippers. It
// is safe for concurrent use. The zero value is not usable; call [New].
type Timeout struct {
	limit time.Duration
	total bool
}

// New returns a Timeout with the given limit, which runs from the call of
// RoundTrip to the headers of the response and must be over 0. On a mistake
// the Timeout is nil and the error is a [*ConfigError].
func New(limit time.Duration, opts ...Option) (*Timeout, error) {
	cfg := newConfig(limit, opts)
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	return &Timeout{limit: cfg.limit, total: cfg.total}, nil
}

// Limit returns the limit that [New] was given. It is safe for concurrent use.
func (t *Timeout) Limit() time.Duration { return t.limit }

// Wrap returns a RoundTripper that sends through next, or through
// [http.DefaultTransport] where next is nil. What it returns is safe for
// concurrent use if next is.
func (t *Timeout) Wrap(next http.RoundTripper) http.RoundTripper {
	return &tripper{timeout: t, next: trip.OrDefault(next)}
}

type tripper struct {
	timeout *Timeout
	next    http.RoundTripper
}

var _ http.RoundTripper = (*tripper)(nil)

// Unwrap returns the next layer.
func (t *tripper) Unwrap() http.RoundTripper { return t.next }

// CloseIdleConnections passes the call on.
func (t *tripper) CloseIdleConnections() { trip.CloseIdle(t.next) }

// RoundTrip sends req with a context that ends at the limit.
func (t *tripper) RoundTrip(req *http.Request) (*http.Response, error) {
	parent := req.Context()
	deadline := time.Now().Add(t.timeout.limit)
	if own, ok := parent.Deadline(); ok && !own.After(deadline) {
		return t.next.RoundTrip(req) // the caller's deadline comes first
	}
	a := &attempt{parent: parent, timeout: t.timeout, deadline: deadline}
	a.req = *req.WithContext(a) //nolint:contextcheck // the attempt derives from it

	returned := false
	defer func() {
		if !returned { // a panic, or runtime.Goexit, below
			a.release()
		}
	}()
	resp, err := t.next.RoundTrip(&a.req)
	returned = true

	if err != nil {
		if resp != nil && resp.Body != nil { // not allowed by the contract
			_ = resp.Body.Close()
		}
		return nil, a.failed(err)
	}
	return a.answered(req, resp)
}

// failed ends the attempt and returns the error for the caller.
func (a *attempt) failed(err error) error {
	expired := a.finish()
	if expired == nil {
		return err
	}
	return expired.with(err)
}

// answered stops the clock and hands over the response, which from then on
// owns the attempt.
func (a *attempt) answered(req *http.Request, resp *http.Response) (*http.Response, error) {
	if resp == nil {
		a.release()
		return nil, nil //nolint:nilnil // not allowed by the contract, and not ours to hide
	}
	if resp.Request == &a.req {
		resp.Request = req
	}
	if expired := a.stop(); expired != nil {
		// The end of the context breaks the body. And a server that saw its
		// client go may have said anything: over TLS such an answer can
		// overtake the end of the connection.
		if resp.Body != nil {
			_ = resp.Body.Close()
		}
		a.release()
		return nil, expired
	}
	if resp.Body == nil || resp.Body == http.NoBody {
		a.release()
		return resp, nil
	}
	resp.Body = a.watch(resp.Body)
	return resp, nil
}
