// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package limit

import (
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/surefoot-go/surefoot/classify"
	"github.com/surefoot-go/surefoot/internal/keyed"
	"github.com/surefoot-go/surefoot/internal/upload"
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
	// stirred is until when a key may be awake or cool down; 0 for none, and then no
	// attempt has to look for its key.
	stirred atomic.Int64

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

// inUse keeps a key from eviction while it is awake or cools down. Attempts,
// waiters and bodies that will come back to it hold it besides.
func (l *Limiter) inUse(k *key) bool {
	return k.active.Load() && l.now() < k.keepUntil.Load()
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
	if !sample && l.maxInFlight == 0 && l.stirred.Load() == 0 {
		return t.free(req)
	}
	if req.Context().Err() != nil {
		// The caller is gone already. Whatever the layers below make of that
		// says nothing of the server.
		return t.next.RoundTrip(req)
	}
	e := l.find(req, sample || l.maxInFlight > 0)
	switch {
	case e == nil:
	case l.maxInFlight > 0, e.Value.active.Load():
		return t.guarded(req, e)
	case sample:
		return t.timed(req, &e.Value)
	}
	if !l.adaptive { // then none is timed
		l.calm(l.now())
	}
	return t.free(req)
}

// find returns the entry of a request's key, or nil.
func (l *Limiter) find(req *http.Request, create bool) *keyed.Entry[key] {
	if l.key == nil && req.URL != nil { // as it is, it is what Of would make of it, or nothing
		if e := l.keys.Peek(keyed.Key{Scheme: req.URL.Scheme, Host: req.URL.Host}); e != nil {
			return e
		}
	}
	name := keyed.Of(l.key, req)
	e := l.keys.Peek(name)
	if e == nil && (create || l.coolsElsewhere(name)) {
		e = l.keys.Get(name)
	}
	return e
}

// free sends an attempt to a key that is asleep. It is the path of every call
// without trouble.
func (t *tripper) free(req *http.Request) (*http.Response, error) {
	watched := upload.Watch(req)
	resp, err := t.next.RoundTrip(watched)
	upload.Restore(resp, watched, req)
	if t.limiter.good(resp, err) {
		return resp, err
	}
	t.limiter.heed(req, nil, t.limiter.classifier.Classify(watched, resp, err), resp)
	return resp, err
}

// timed is free, with a look at the clock.
func (t *tripper) timed(req *http.Request, k *key) (*http.Response, error) {
	l := t.limiter
	started := l.now()
	l.calm(started)
	l.sampling.adjust(started)
	watched := upload.Watch(req)
	resp, err := t.next.RoundTrip(watched)
	upload.Restore(resp, watched, req)
	v := l.classify(watched, resp, err)
	now := l.now()
	l.sampled(k, sample{started: started, took: now - started, outcome: outcomeOf(v, resp)}, now)
	l.heed(req, nil, v, resp) // the key may have been evicted meanwhile
	return resp, err
}

// guarded sends an attempt to a key that is awake, cools down, or has a fixed
// limit.
func (t *tripper) guarded(req *http.Request, e *keyed.Entry[key]) (*http.Response, error) {
	l := t.limiter
	if !e.Hold() { // it was evicted after it was found
		if e = l.keys.Hold(keyed.Of(l.key, req)); e == nil {
			return t.free(req)
		}
	}
	k := &e.Value
	var (
		s        sample
		turn     int64 // of a probe; 0 where it is none
		admitted bool  // it has a place
		sent     bool  // next has its body
		reached  bool  // what came of it is the server's
		holds    bool  // the body of its response will give the place back
		body     io.Closer
		err      error
	)
	// Whoever is called from here on may panic or end the goroutine, observers too. (One
	// that does so when it hears of a cool-down keeps the response's body open.)
	defer func() {
		if body != nil { // the caller will never have it
			_ = body.Close()
		}
		if !sent {
			trip.CloseBody(req)
		}
	}()
	defer func() {
		if turn != 0 && !reached {
			k.lost(turn, l.now(), err)
		}
		if !holds {
			e.Release()
		}
		if admitted {
			l.settle(k, s, l.now(), holds)
		}
		body = nil
	}()
	if k.untold.Load() && k.untold.CompareAndSwap(true, false) {
		l.announce(k)
	}
	if turn, err = l.admit(k, req); err != nil {
		return nil, err
	}
	admitted = true
	l.announce(k)
	sent = true
	started := l.now()
	watched := upload.Watch(req)
	resp, err := t.next.RoundTrip(watched)
	upload.Restore(resp, watched, req)
	v := l.classify(watched, resp, err)
	s = sample{started: started, took: l.now() - started, outcome: outcomeOf(v, resp)}
	reached = resp != nil || v.Class == classify.Retryable
	if turn != 0 {
		l.probed(k, s.outcome)
	}
	l.heed(req, e, v, resp)
	if holds = l.maxInFlight > 0 && l.hold(e, resp, err); holds {
		body = resp.Body
	}
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
