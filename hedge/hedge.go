// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package hedge

import (
	"net/http"
	"sync/atomic"
	"time"

	"github.com/surefoot-go/surefoot/internal/keyed"
	"github.com/surefoot-go/surefoot/trip"
)

// A Hedger decides about hedges, and knows how long the answers of all keys
// take. What it knows belongs to the value, not to a wrapped RoundTripper:
// whatever the same Hedger wraps shares it. The zero value is not usable; call
// [New]. A Hedger is safe for concurrent use.
type Hedger struct {
	config
	states *keyed.Map[state]
}

// state is what is known of a key.
type state struct {
	name                    string
	latencies               *latencies // nil where the delay is fixed
	hedges, won, suppressed atomic.Uint64
}

// New returns a Hedger. If options are wrong, it returns nil and one error
// that joins an [*ConfigError] for each mistake.
func New(opts ...Option) (*Hedger, error) {
	c, err := newConfig(opts)
	if err != nil {
		return nil, err
	}
	h := &Hedger{config: c}
	h.states = keyed.New(c.maxKeys, func(s *state, name string) {
		s.name = name
		if !c.fixed {
			s.latencies = new(latencies)
		}
	}, nil)
	return h, nil
}

// Wrap returns a layer around next, or around [http.DefaultTransport] where
// next is nil.
func (h *Hedger) Wrap(next http.RoundTripper) http.RoundTripper {
	return &tripper{hedger: h, next: trip.OrDefault(next)}
}

type tripper struct {
	hedger *Hedger
	next   http.RoundTripper
}

var _ http.RoundTripper = (*tripper)(nil)

// Unwrap returns the layer beneath.
func (t *tripper) Unwrap() http.RoundTripper { return t.next }

// CloseIdleConnections passes the call on.
func (t *tripper) CloseIdleConnections() { trip.CloseIdle(t.next) }

// RoundTrip sends req, and sends it again beside itself if the answer is late
// and that is safe.
func (t *tripper) RoundTrip(req *http.Request) (*http.Response, error) {
	if !suits(req) {
		return t.next.RoundTrip(req)
	}
	h := t.hedger
	key := keyed.Of(h.key, req)
	s := &h.states.Get(key).Value
	delay := h.after(s)
	if delay == 0 {
		return t.learn(req, key, s)
	}
	if h.shared {
		key = h.pool.KeyOf(req) // or nobody would put back what hedges take
	}
	r := &race{t: t, req: req, key: key, state: s, delay: delay}
	return r.run()
}

// learn sends req, once, and looks at the clock.
func (t *tripper) learn(req *http.Request, key keyed.Key, s *state) (*http.Response, error) {
	h := t.hedger
	started := time.Now()
	resp, err := t.next.RoundTrip(req)
	if answers(resp, err, h.classifier.Classify(req, resp, err)) {
		h.record(s, time.Since(started))
		h.credit(key)
	}
	return resp, err
}

// after returns how long to wait for an answer before a hedge, or 0 while too
// little is known to tell.
func (h *Hedger) after(s *state) time.Duration {
	if h.fixed {
		return h.delay
	}
	if d := time.Duration(s.latencies.quantile.Load()); d > 0 {
		return max(d, h.minDelay)
	}
	return 0
}

// typical returns the time in which half of the answers come, as far as it is
// known.
func (h *Hedger) typical(s *state) time.Duration {
	if h.fixed {
		return 0
	}
	return time.Duration(s.latencies.median.Load())
}

func (h *Hedger) record(s *state, took time.Duration) {
	if !h.fixed {
		s.latencies.add(took, h.quantile)
	}
}

// credit tells the budget of a call that was answered, unless the layer that it
// is shared with does.
func (h *Hedger) credit(key keyed.Key) {
	if !h.shared {
		h.pool.Credit(key)
	}
}

// pay takes a token for a hedge, if there is one. Of a budget that is shared
// with retries it leaves them half.
func (h *Hedger) pay(key keyed.Key) bool {
	if h.shared {
		return h.pool.Bucket(key).TakeSpare()
	}
	return h.pool.Take(key)
}
