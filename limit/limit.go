// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package limit

import (
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/surefoot-go/surefoot/classify"
	"github.com/surefoot-go/surefoot/internal/keyed"
	"github.com/surefoot-go/surefoot/peer"
	"github.com/surefoot-go/surefoot/trip"
)

// A Limiter holds the limits and cool-downs of all keys. They belong to the
// value, not to a wrapped RoundTripper: whatever the same Limiter wraps shares
// them. The zero value is not usable; call [New]. A Limiter is safe for
// concurrent use.
type Limiter struct {
	config
	plain    bool // the classifier is the default one
	epoch    time.Time
	keys     *keyed.Map[key]
	sampling sampling
	// stirred is set for good once a key has woken or cooled down. Until then
	// no attempt has to look for its key.
	stirred atomic.Bool

	joining sync.Once         // guards link
	link    peer.CoolDownLink // nil without a fleet
	absent  atomic.Int64      // until when keys may cool down in the fleet that are not here
}

// New returns a Limiter. If options are wrong, it returns nil and one error
// that joins an [*ConfigError] for each mistake.
func New(opts ...Option) (*Limiter, error) {
	c, err := newConfig(opts)
	if err != nil {
		return nil, err
	}
	l := &Limiter{config: c, plain: c.classifier == classify.Default(), epoch: time.Now()}
	l.keys = keyed.New(c.maxKeys, l.newKey, l.inUse)
	return l, nil
}

// Wrap returns a layer around next, or around [http.DefaultTransport] where
// next is nil.
func (l *Limiter) Wrap(next http.RoundTripper) http.RoundTripper {
	l.join()
	return &tripper{limiter: l, next: trip.OrDefault(next)}
}

// now is monotonic and costs one reading of the clock. It is never 0, which
// stands for never.
func (l *Limiter) now() int64 { return int64(time.Since(l.epoch)) + 1 }

// inUse keeps a key from eviction: while it is awake or cools down, or has
// attempts, waiters or bodies that will come back to it.
func (l *Limiter) inUse(k *key) bool {
	return k.users.Load() > 0 || k.active.Load() && l.now() < k.keepUntil.Load()
}

type tripper struct {
	limiter *Limiter
	next    http.RoundTripper
}

var _ http.RoundTripper = (*tripper)(nil)

// Unwrap returns the layer beneath.
func (t *tripper) Unwrap() http.RoundTripper { return t.next }

// CloseIdleConnections passes the call on.
func (t *tripper) CloseIdleConnections() { trip.CloseIdle(t.next) }

// RoundTrip sends req, when the limit and the cool-down of its key allow it.
func (t *tripper) RoundTrip(req *http.Request) (*http.Response, error) {
	l := t.limiter
	sample := l.adaptive && l.sampling.due()
	if !sample && l.maxInFlight == 0 && !l.stirred.Load() {
		return t.free(req)
	}
	if req.Context().Err() != nil {
		// The caller is gone already. Whatever the layers below make of that
		// says nothing of the server.
		return t.next.RoundTrip(req)
	}
	k := l.find(req, sample || l.maxInFlight > 0)
	switch {
	case k == nil:
		return t.free(req)
	case l.maxInFlight > 0, k.active.Load():
		return t.guarded(req, k)
	case sample:
		return t.timed(req, k)
	}
	return t.free(req)
}

// find returns the state of a request's key, or nil.
func (l *Limiter) find(req *http.Request, create bool) *key {
	name := keyed.Of(l.key, req)
	entry := l.keys.Peek(name)
	if entry == nil && (create || l.coolsElsewhere(name)) {
		entry = l.keys.Get(name)
	}
	if entry == nil {
		return nil
	}
	return &entry.Value
}

// free sends an attempt to a key that is asleep. It is the path of every call
// without trouble.
func (t *tripper) free(req *http.Request) (*http.Response, error) {
	resp, err := t.next.RoundTrip(req)
	if t.limiter.good(resp, err) {
		return resp, err
	}
	t.limiter.heed(req, nil, t.limiter.classifier.Classify(req, resp, err), resp)
	return resp, err
}

// timed is free, with a look at the clock.
func (t *tripper) timed(req *http.Request, k *key) (*http.Response, error) {
	l := t.limiter
	started := l.now()
	l.sampling.adjust(started)
	resp, err := t.next.RoundTrip(req)
	v := l.classify(req, resp, err)
	now := l.now()
	l.sampled(k, sample{started: started, took: now - started, outcome: outcomeOf(v, resp)}, now)
	l.heed(req, k, v, resp)
	return resp, err
}

// guarded sends an attempt to a key that is awake, cools down, or has a fixed
// limit.
func (t *tripper) guarded(req *http.Request, k *key) (*http.Response, error) {
	l := t.limiter
	if k.untold.Load() && k.untold.CompareAndSwap(true, false) {
		l.announce(k)
	}
	k.users.Add(1)
	probe, err := l.admit(k, req)
	if err != nil {
		k.users.Add(-1)
		trip.CloseBody(req)
		return nil, err
	}
	var s sample
	hold := false
	defer func() { // also when somebody below panics or ends the goroutine
		l.settle(k, s, l.now(), hold)
		if !hold {
			k.users.Add(-1)
		}
	}()
	started := l.now()
	resp, err := t.next.RoundTrip(req)
	v := l.classify(req, resp, err)
	s = sample{started: started, took: l.now() - started, outcome: outcomeOf(v, resp)}
	if probe {
		k.probed(s.outcome)
	}
	l.heed(req, k, v, resp)
	hold = l.maxInFlight > 0 && l.hold(k, resp, err)
	return resp, err
}

// good reports whether an attempt went well, and the classifier need not be
// asked.
func (l *Limiter) good(resp *http.Response, err error) bool {
	return l.plain && err == nil && resp != nil && resp.StatusCode < http.StatusBadRequest && resp.StatusCode >= http.StatusContinue
}

func (l *Limiter) classify(req *http.Request, resp *http.Response, err error) classify.Verdict {
	if l.good(resp, err) {
		return classify.Verdict{Class: classify.Success, Reason: classify.ReasonStatus}
	}
	return l.classifier.Classify(req, resp, err)
}
