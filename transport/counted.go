// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package transport

import (
	"net/http"
	"time"

	"github.com/surefoot-go/surefoot/classify"
	"github.com/surefoot-go/surefoot/internal/keyed"
	"github.com/surefoot-go/surefoot/observe"
	"github.com/surefoot-go/surefoot/retry"
	"github.com/surefoot-go/surefoot/trip"
)

// counted tells of attempts and calls where there is no retry layer to do so: each
// call is one attempt then. It stands where that layer would, so that it sees what
// that would. While nobody listens it costs one atomic load; what people see of a
// stack has no line for it, since it changes nothing.
type counted struct {
	next       http.RoundTripper
	relay      *observe.Relay
	classifier classify.Classifier
	key        func(*http.Request) string
	names      *keyed.Map[struct{}] // of keys: joining their parts for every event would allocate
}

var _ http.RoundTripper = (*counted)(nil)

// counts puts a layer around next that tells what the retry layer would, for a stack
// that has none. A stack beneath, wherever [trip.Unwrap] leads, tells it by itself:
// this one hears that instead, or every attempt would be counted twice.
func (t *Transport) counts(next http.RoundTripper, cfg *config) http.RoundTripper {
	if inner := stackBeneath(t.base); inner != nil {
		t.heard = append(t.heard, inner.heard...)
		return next
	}
	c := &counted{
		next: next, relay: t.layers.relay, classifier: cfg.classifier, key: cfg.key,
		names: keyed.New[struct{}](retry.DefaultMaxKeys, nil, nil),
	}
	if c.classifier == nil {
		c.classifier = classify.Default()
	}
	return c
}

// stackBeneath returns the outermost stack in rt, or nil where there is none.
func stackBeneath(rt http.RoundTripper) (inner *Transport) {
	trip.Walk(rt, func(rt http.RoundTripper) bool {
		inner, _ = rt.(*Transport)
		return inner == nil
	})
	return inner
}

// Unwrap returns the layer beneath.
func (c *counted) Unwrap() http.RoundTripper { return c.next }

// CloseIdleConnections passes the call on.
func (c *counted) CloseIdleConnections() { trip.CloseIdle(c.next) }

// RoundTrip sends req.
func (c *counted) RoundTrip(req *http.Request) (*http.Response, error) {
	if !c.relay.Listening() {
		return c.next.RoundTrip(req)
	}
	started := time.Now()
	resp, err := c.next.RoundTrip(req)
	e := observe.Event{
		Kind: observe.AttemptFinished, Context: req.Context(), Method: req.Method, Attempt: 1, Err: err,
		Key:      c.names.Get(keyed.Of(c.key, req)).Name,
		Verdict:  c.classifier.Classify(req, resp, err),
		Duration: time.Since(started),
	}
	if resp != nil && err == nil {
		e.Status = resp.StatusCode
	}
	observe.Emit(c.relay, e)
	e.Kind = observe.CallFinished
	observe.Emit(c.relay, e)
	return resp, err
}
