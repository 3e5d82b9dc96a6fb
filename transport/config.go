// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package transport

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"go.uber.org/zap"

	"github.com/surefoot-go/surefoot/breaker"
	"github.com/surefoot-go/surefoot/classify"
	"github.com/surefoot-go/surefoot/hedge"
	"github.com/surefoot-go/surefoot/idempotency"
	"github.com/surefoot-go/surefoot/internal/budget"
	"github.com/surefoot-go/surefoot/internal/keyed"
	"github.com/surefoot-go/surefoot/limit"
	"github.com/surefoot-go/surefoot/observe"
	"github.com/surefoot-go/surefoot/peer"
	"github.com/surefoot-go/surefoot/retry"
	"github.com/surefoot-go/surefoot/timeout"
	"github.com/surefoot-go/surefoot/trip"
)

// A ConfigError is a mistake in an option given to [New] or [Wrap]. It is the
// same type in all packages of this module.
type ConfigError = trip.ConfigError

// config is what the options recorded.
type config struct {
	classifier classify.Classifier
	key        func(*http.Request) string
	logger     *zap.Logger
	observers  []observe.Observer

	retry      []retry.Option
	retryOff   bool
	breaker    []breaker.Option
	breakerOff bool
	breakerSet bool
	hedge      []hedge.Option
	hedgeOn    bool
	limit      []limit.Option
	limitOn    bool
	keys       []idempotency.Option
	keysOn     bool
	fleet      peer.Fleet

	attempt, total       time.Duration
	attemptSet, totalSet bool

	perCall, perAttempt []trip.Middleware
}

// layers are the parts of a stack. A part that is off is nil.
type layers struct {
	perCall     []trip.Middleware
	total       *timeout.Timeout
	idempotency *idempotency.Keys
	retry       *retry.Retrier
	hedge       *hedge.Hedger
	limit       *limit.Limiter
	breaker     *breaker.Breaker
	attempt     *timeout.Timeout
	perAttempt  []trip.Middleware

	relay   *observe.Relay
	counter *counter
}

// A counter tells retries of the successes that circuits count. Which circuits
// these are is known only when the stack is built.
type counter struct{ circuits *breaker.Breaker }

func (c *counter) recent(k keyed.Key) uint64 {
	if c.circuits == nil {
		return 0
	}
	return c.circuits.RecentSuccesses(k)
}

func newConfig(opts []Option) *config {
	c := new(config)
	for _, o := range opts {
		if o != nil {
			o.apply(c)
		}
	}
	return c
}

// build makes the layers. It goes on after a mistake, so that one error tells
// them all.
func (c *config) build() (layers, error) {
	l := layers{
		perCall: c.perCall, perAttempt: c.perAttempt,
		relay: new(observe.Relay), counter: new(counter),
	}
	l.relay.Add(observe.Join(append([]observe.Observer{observe.NewZap(c.logger)}, c.observers...)...))
	errs := []error{c.validate()}
	add := func(err error) { errs = append(errs, err) }
	if c.totalSet && c.total > 0 {
		var err error
		l.total, err = timeout.New(c.total, timeout.WithTotal())
		add(err)
	}
	if c.attemptSet && c.attempt > 0 {
		var err error
		l.attempt, err = timeout.New(c.attempt)
		add(err)
	}
	if c.keysOn {
		var err error
		l.idempotency, err = idempotency.New(append([]idempotency.Option{idempotency.WithObserver(l.relay)}, c.keys...)...)
		add(err)
	}
	if !c.retryOff {
		var err error
		l.retry, err = c.newRetry(&l)
		add(err)
	}
	if c.hedgeOn {
		var pool *budget.Pool
		if l.retry != nil {
			pool = l.retry.Budget()
		}
		var err error
		l.hedge, err = c.newHedge(&l, pool)
		add(err)
	}
	if c.limitOn {
		var err error
		l.limit, err = limit.New(append([]limit.Option{
			limit.WithClassifier(c.classifier), limit.WithKey(c.key), limit.WithObserver(l.relay),
			limit.WithFleet(c.fleet),
		}, c.limit...)...)
		add(err)
	}
	if !c.breakerOff {
		var err error
		l.breaker, err = breaker.New(append([]breaker.Option{
			breaker.WithClassifier(c.classifier), breaker.WithKey(c.key), breaker.WithObserver(l.relay),
			breaker.WithWindow(c.window()), breaker.WithFleet(c.fleet),
		}, c.breaker...)...)
		add(err)
	}
	return l, errors.Join(errs...)
}

// newRetry makes the retry layer. More options come before those of the user.
func (c *config) newRetry(l *layers, more ...retry.Option) (*retry.Retrier, error) {
	opts := append([]retry.Option{
		retry.WithClassifier(c.classifier), retry.WithKey(c.key), retry.WithObserver(l.relay),
		retry.WithRecentSuccesses(l.counter.recent),
	}, more...)
	return retry.New(append(opts, c.retry...)...) //nolint:wrapcheck // it is joined with others of its kind
}

// newHedge makes the hedging layer, which pays from a pool or, where that is
// nil, from one of its own.
func (c *config) newHedge(l *layers, pool *budget.Pool) (*hedge.Hedger, error) {
	return hedge.New(append([]hedge.Option{ //nolint:wrapcheck // as above
		hedge.WithClassifier(c.classifier), hedge.WithKey(c.key), hedge.WithObserver(l.relay),
		hedge.WithSharedBudget(pool),
	}, c.hedge...)...)
}

// window is long enough for attempts that all take as long as they may. One
// that validate refuses does not matter here.
func (c *config) window() time.Duration {
	const longest = 24 * time.Hour
	return max(breaker.DefaultWindow, min(2*min(c.attempt, longest), longest))
}

func (c *config) validate() error {
	var errs []error
	check := func(ok bool, option string, value any, reason string) {
		if !ok {
			errs = append(errs, &ConfigError{Package: "transport", Option: option, Value: value, Reason: reason})
		}
	}
	const leave = "must be positive; leave the option out for no limit"
	check(!c.attemptSet || c.attempt > 0, "WithAttemptTimeout", c.attempt, leave)
	check(!c.totalSet || c.total > 0, "WithTotalTimeout", c.total, leave)
	check(!c.attemptSet || !c.totalSet || c.total <= 0 || c.attempt <= c.total, "WithAttemptTimeout", c.attempt,
		fmt.Sprintf("must not be over the total timeout of %s", c.total))
	return errors.Join(errs...)
}
