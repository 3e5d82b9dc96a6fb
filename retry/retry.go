// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package retry

import (
	"net/http"
	"time"

	"github.com/cenkalti/backoff/v4"

	"github.com/surefoot-go/surefoot/classify"
	"github.com/surefoot-go/surefoot/internal/budget"
	"github.com/surefoot-go/surefoot/internal/keyed"
	"github.com/surefoot-go/surefoot/internal/wish"
	"github.com/surefoot-go/surefoot/observe"
	"github.com/surefoot-go/surefoot/trip"
)

// A Retrier decides about retries and holds the budgets of all keys. The
// budgets belong to the value, not to a wrapped RoundTripper: whatever the
// same Retrier wraps shares them. The zero value is not usable; call [New]. A
// Retrier is safe for concurrent use.
type Retrier struct {
	config
	names *keyed.Map[struct{}] // of keys, for events; nil without an observer
	relay *observe.Relay       // the observer, if it is one

	// Copied by each call, never used themselves.
	template, throttled backoff.ExponentialBackOff
}

// New returns a Retrier. If options are wrong, it returns nil and one error
// that joins an [*ConfigError] for each mistake.
func New(opts ...Option) (*Retrier, error) {
	c, err := newConfig(opts)
	if err != nil {
		return nil, err
	}
	r := &Retrier{
		config:    c,
		template:  newTemplate(c.initial, c.limit),
		throttled: newTemplate(max(c.initial, DefaultThrottledBackoff), c.limit),
	}
	if c.observer != nil {
		r.names = keyed.New[struct{}](c.maxKeys, nil, nil)
		r.relay, _ = c.observer.(*observe.Relay)
	}
	return r, nil
}

// Wrap returns a layer around next, or around [http.DefaultTransport] where
// next is nil.
func (r *Retrier) Wrap(next http.RoundTripper) http.RoundTripper {
	next = trip.OrDefault(next)
	t := &tripper{
		retrier: r, next: next, relay: r.relay,
		repeats: r.maxAttempts > 1,
		keeps:   r.maxAttempts > 1 && r.bodyBuffer > 0,
	}
	t.hooks.known = r.trace || traceable(next)
	t.observed = r.observer != nil && r.relay == nil
	t.prepares = t.repeats || t.observed
	t.known = r.classifier == classify.Default()
	return t
}

type tripper struct {
	retrier *Retrier
	next    http.RoundTripper
	repeats bool // there are retries at all
	keeps   bool // bodies without GetBody, while they are sent
	hooks   hooked

	relay    *observe.Relay
	observed bool // by an observer that is always there
	prepares bool // there may be something to do before the first attempt
	known    bool // the classifier is the default one: a 2XX is a success
}

var _ http.RoundTripper = (*tripper)(nil)

// Unwrap returns the layer beneath.
func (t *tripper) Unwrap() http.RoundTripper { return t.next }

// CloseIdleConnections passes the call on.
func (t *tripper) CloseIdleConnections() { trip.CloseIdle(t.next) }

// RoundTrip sends req, and sends it again where that is safe and of use. What
// most calls need is here and nothing else: a [call] is large, and even one
// that is declared in a branch not taken would be cleared each time.
func (t *tripper) RoundTrip(req *http.Request) (*http.Response, error) {
	// Most calls are GETs, without a body.
	plain := req.Method == http.MethodGet && req.Body == nil && !t.observed
	if t.relay.Listening() || !plain && t.prepares && (t.observed || t.tees(req) || t.watches(req)) {
		return t.prepared(req)
	}
	resp, err := t.next.RoundTrip(req)
	if t.known && err == nil && resp != nil && resp.StatusCode/100 == 2 && t.retrier.pool.Idle() {
		return resp, nil
	}
	return t.judge(req, resp, err)
}

// A rejecter is the error of a layer that refused to send; package classify
// looks for the same.
type rejecter interface{ Rejected() bool }

// prepared makes a call of which something has to be known, or kept, before the
// first attempt, so that a second can be made.
func (t *tripper) prepared(req *http.Request) (*http.Response, error) {
	c := call{t: t, req: req, observed: observe.Listening(t.retrier.observer)}
	return c.run()
}

// judge goes on after the first attempt.
func (t *tripper) judge(req *http.Request, resp *http.Response, err error) (*http.Response, error) {
	r := t.retrier
	if resp == nil && t.known {
		// A layer beneath refused to send. The verdict would say no more, and an
		// open circuit has to be cheap.
		if e, ok := err.(rejecter); ok && e.Rejected() {
			return nil, err
		}
	}
	verdict := r.classifier.Classify(req, resp, err)
	if verdict.Class == classify.Success && err == nil {
		if !r.pool.Idle() {
			r.pool.Credit(keyed.Of(r.key, req))
		}
		return resp, nil
	}
	if verdict.Class == classify.Unknown && resp == nil {
		return nil, err // given up by the caller, or rejected
	}
	return t.retry(req, resp, err, verdict)
}

// retry goes on after a first attempt that failed. Nobody listened when it began.
func (t *tripper) retry(req *http.Request, resp *http.Response, err error, v classify.Verdict) (*http.Response, error) {
	c := call{t: t, req: req, attempt: 1, outcome: outcome{alone(resp, err), err, v}}
	return c.settle()
}

// tees reports whether the body has to be kept while it is sent. One that is
// known to be too long is not even begun.
func (t *tripper) tees(req *http.Request) bool {
	return t.keeps && req.Body != nil && req.Body != http.NoBody && req.GetBody == nil &&
		req.ContentLength <= t.retrier.bodyBuffer && wish.Of(req.Context()) != wish.Never
}

// watches reports whether proof is wanted that a failed attempt was not sent, or
// was: it is all that could allow another, or forbid it.
func (t *tripper) watches(req *http.Request) bool {
	return t.repeats && !idempotent(req.Method) && t.hooks.worthwhile() && !t.retrier.dangerous && !hasKey(req) &&
		wish.Of(req.Context()) == wish.None
}

// Wraps reports whether rt is a retry layer of this package, or has one beneath
// it that can be reached by [trip.Unwrap]. Another around it would multiply the
// attempts.
func Wraps(rt http.RoundTripper) bool {
	found := false
	trip.Walk(rt, func(rt http.RoundTripper) bool {
		_, found = rt.(*tripper)
		return !found
	})
	return found
}

// A Key is what can be seen of the budget of a key at one moment. It is a plain
// value.
type Key struct {
	// Key names it, by default as scheme, host and port.
	Key string
	// Tokens is the level of the budget, and Size the most that it could be
	// when a token was last wanted.
	Tokens, Size float64
	// Retries counts the tokens taken, and Refused the retries that were not
	// made for want of one, since the budget was made.
	Retries, Refused uint64
}

// Snapshot returns the budgets of all keys that a retry was ever wanted for, in
// no given order. A key that is not among them has a full budget.
func (r *Retrier) Snapshot() []Key {
	entries := r.pool.Entries()
	keys := make([]Key, 0, len(entries))
	for _, e := range entries {
		b := &e.Value
		keys = append(keys, Key{Key: e.Name, Tokens: b.Level(), Size: b.Size(), Retries: b.Taken(), Refused: b.Refused()})
	}
	return keys
}

// Budget returns the pool of all budgets, for another layer that pays from it;
// see [WithSharedBudget]. It is nil where there is none.
func (r *Retrier) Budget() *budget.Pool { return r.pool }

// MaxAttempts returns how often a request is sent at most.
func (r *Retrier) MaxAttempts() int { return r.maxAttempts }

// name returns the key as events tell it. Joining its parts for every event
// would allocate.
func (r *Retrier) name(k keyed.Key) string { return r.names.Get(k).Name }

// now is the clock of durations in events.
func now(observed bool) time.Time {
	if !observed {
		return time.Time{}
	}
	return time.Now()
}
