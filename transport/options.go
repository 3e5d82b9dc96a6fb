// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package transport

import (
	"net/http"
	"time"

	"go.uber.org/zap"

	"github.com/surefoot-go/surefoot/breaker"
	"github.com/surefoot-go/surefoot/classify"
	"github.com/surefoot-go/surefoot/hedge"
	"github.com/surefoot-go/surefoot/idempotency"
	"github.com/surefoot-go/surefoot/limit"
	"github.com/surefoot-go/surefoot/observe"
	"github.com/surefoot-go/surefoot/peer"
	"github.com/surefoot-go/surefoot/retry"
	"github.com/surefoot-go/surefoot/trip"
)

// An Option configures a [Transport]. Options only record; [New] checks them
// together, those of the layers included. Nil options are skipped.
type Option interface{ apply(*config) }

type optionFunc func(*config)

func (f optionFunc) apply(c *config) { f(c) }

// WithClassifier sets what sorts the outcome of each attempt, for all layers.
// The default, also for a nil classifier, is [classify.Default].
func WithClassifier(cl classify.Classifier) Option {
	return optionFunc(func(c *config) { c.classifier = cl })
}

// WithRetry configures the retry layer. Options of several calls add up, and
// the layer comes back if [WithoutRetry] had been given before.
func WithRetry(opts ...retry.Option) Option {
	return optionFunc(func(c *config) { c.retry, c.retryOff = append(c.retry, opts...), false })
}

// WithoutRetry leaves the retry layer out: every call is one attempt.
func WithoutRetry() Option {
	return optionFunc(func(c *config) { c.retryOff = true })
}

// WithBreaker configures the circuits. Options of several calls add up, and
// the layer comes back if [WithoutBreaker] had been given before.
func WithBreaker(opts ...breaker.Option) Option {
	return optionFunc(func(c *config) {
		c.breaker, c.breakerOff, c.breakerSet = append(c.breaker, opts...), false, true
	})
}

// WithoutBreaker leaves the circuits out.
func WithoutBreaker() Option {
	return optionFunc(func(c *config) { c.breakerOff = true })
}

// WithHedging sends a second attempt beside one whose answer is late, and takes
// the better answer; see package hedge. Only requests with a safe method and no
// body that could not be sent again are hedged, and hedges are paid from the
// budget of the retries. It is off by default. Options of several calls add up.
func WithHedging(opts ...hedge.Option) Option {
	return optionFunc(func(c *config) { c.hedge, c.hedgeOn = append(c.hedge, opts...), true })
}

// WithoutHedging takes back a [WithHedging] that was given before, by a preset for
// example.
func WithoutHedging() Option {
	return optionFunc(func(c *config) { c.hedge, c.hedgeOn = nil, false })
}

// WithLimit keeps the number of attempts that are under way to a host to what it
// can take, and heeds a host that asks everybody to wait; see package limit. It
// is off by default: it keeps a service that has more to do than it can at full
// work, and may cost a call now and then where answers only look as if they came
// late out of a queue. Options of several calls add up.
func WithLimit(opts ...limit.Option) Option {
	return optionFunc(func(c *config) { c.limit, c.limitOn = append(c.limit, opts...), true })
}

// WithFleet shares circuits, and cool-downs where there is [WithLimit], with
// other processes that call the same hosts: where enough of them find that a host
// fails, all leave it alone, and one at a time probes it for all. A call never
// waits for the fleet, and without it each process goes on as if it were alone.
// It is off by default, and so it is for a nil fleet. See
// [breaker.WithFleet] and [limit.WithFleet]; the module
// github.com/surefoot-go/surefoot/fleet has a fleet that meets in Redis or Valkey.
//
// A Transport that keeps the circuits of the one that it is built on, as [New]
// says, does not share them: give this option to the inner one, or to both.
func WithFleet(f peer.Fleet) Option {
	return optionFunc(func(c *config) { c.fleet = f })
}

// WithoutLimit takes back a [WithLimit] that was given before.
func WithoutLimit() Option {
	return optionFunc(func(c *config) { c.limit, c.limitOn = nil, false })
}

// WithAttemptTimeout bounds the time of each attempt to its response headers;
// the body is not bounded by it. It must be positive and not over the total
// timeout. The window of the circuits becomes at least twice as long, so that
// a host that swallows every request can fill it. There is no limit by default.
// The error of an attempt that took too long is a [timeout.Error].
//
// [timeout.Error]: https://pkg.go.dev/github.com/surefoot-go/surefoot/timeout#Error
func WithAttemptTimeout(d time.Duration) Option {
	return optionFunc(func(c *config) { c.attempt, c.attemptSet = d, true })
}

// WithoutAttemptTimeout takes back a [WithAttemptTimeout] that was given before.
func WithoutAttemptTimeout() Option {
	return optionFunc(func(c *config) { c.attempt, c.attemptSet = 0, false })
}

// WithTotalTimeout bounds the time of a call to its response headers, over all
// attempts and waits; the body is not bounded by it. It must be positive. It
// never lengthens the deadline of the caller's context. There is no limit by
// default.
func WithTotalTimeout(d time.Duration) Option {
	return optionFunc(func(c *config) { c.total, c.totalSet = d, true })
}

// WithoutTotalTimeout takes back a [WithTotalTimeout] that was given before.
func WithoutTotalTimeout() Option {
	return optionFunc(func(c *config) { c.total, c.totalSet = 0, false })
}

// WithIdempotencyKeys gives each POST and PATCH that has no idempotency key
// one of its own, the same on all its attempts, which makes it safe to repeat
// where the server honours the header. Do not use it where the server does
// not: the requests would be repeated all the same. It is off by default.
// Options of several calls add up.
func WithIdempotencyKeys(opts ...idempotency.Option) Option {
	return optionFunc(func(c *config) { c.keys, c.keysOn = append(c.keys, opts...), true })
}

// WithoutIdempotencyKeys takes back a [WithIdempotencyKeys] that was given before.
func WithoutIdempotencyKeys() Option {
	return optionFunc(func(c *config) { c.keys, c.keysOn = nil, false })
}

// WithKey sets what circuits, budgets, limits and hedges are kept per. The
// function must not keep or change the request, and must be safe for concurrent
// use; keys longer than 512 bytes are cut. The default, also for a nil function,
// is scheme, host and port. Set it here and not by the options of a layer: layers
// with keys of their own do not fit together, since a budget counts the successes
// of the circuit with its key.
func WithKey(key func(*http.Request) string) Option {
	return optionFunc(func(c *config) { c.key = key })
}

// WithLogger logs retries at Debug, and circuits that open and close and
// mistakes in the set-up at Warn. Headers, bodies, query strings and the text
// of errors are never logged. The default, also for a nil logger, is silence.
func WithLogger(l *zap.Logger) Option {
	return optionFunc(func(c *config) { c.logger = l })
}

// WithObserver sets who is told of every decision. Observers of several calls
// are all told. One that is given to two stacks, one around the other, hears both.
// The default is nobody.
func WithObserver(o observe.Observer) Option {
	return optionFunc(func(c *config) { c.observers = append(c.observers, o) })
}

// WithPerAttempt puts middleware between the layers and the base, the first one
// outermost, where it sees every attempt: to sign a request, to start a span,
// to refresh a token. [retry.Attempt] tells it which attempt it sees. A token
// source that fails here fails the attempt, and the next one asks it again: where
// a refresh token is good for one use only, put the source outside, by
// [WithPerCall]. Give requests of its own, such as that for a token, a context without
// the attempt's ([context.WithoutCancel] is not enough: it keeps values, and with them
// the hooks by which a POST without a key is proved not to have been sent; then one that
// could not connect is not tried again). Nil middleware is skipped, and that of several
// calls adds up.
func WithPerAttempt(middleware ...trip.Middleware) Option {
	return optionFunc(func(c *config) { c.perAttempt = append(c.perAttempt, middleware...) })
}

// WithPerCall puts middleware outside of all layers, the first one outermost,
// where it sees each call once. Nil middleware is skipped, and that of several
// calls adds up.
func WithPerCall(middleware ...trip.Middleware) Option {
	return optionFunc(func(c *config) { c.perCall = append(c.perCall, middleware...) })
}
