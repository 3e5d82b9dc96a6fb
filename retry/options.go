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
	"github.com/surefoot-go/surefoot/observe"
)

// Defaults of the options.
const (
	// DefaultMaxAttempts counts the first attempt.
	DefaultMaxAttempts = 4
	// DefaultInitialBackoff is the middle of the first wait. With four attempts
	// the waits are 0.9 s in all, enough to bridge the moment in which a
	// service fails over.
	DefaultInitialBackoff = 125 * time.Millisecond
	// DefaultMaxBackoff is the longest wait that the schedule asks for.
	DefaultMaxBackoff = 20 * time.Second
	// DefaultThrottledBackoff takes the place of the initial wait when the
	// server asked for fewer requests.
	DefaultThrottledBackoff = time.Second
	// DefaultRetryAfterLimit is the longest Retry-After that is waited for.
	DefaultRetryAfterLimit = time.Minute
	// DefaultBudgetTokens is the size of the budget of a key without successes
	// of late.
	DefaultBudgetTokens = 10
	// DefaultBudgetPerSuccess is what a success puts back.
	DefaultBudgetPerSuccess = 0.1
	// DefaultBudgetPerRecent is what a recent success adds to the size, where
	// something counts them; see [WithRecentSuccesses].
	DefaultBudgetPerRecent = 0.2
	// DefaultMaxKeys is how many budgets are kept.
	DefaultMaxKeys = 10_000
)

// An Option configures a [Retrier]. Options only record; [New] checks them
// together. Nil options are skipped, and of an option given twice the last
// counts.
type Option interface{ apply(*config) }

type optionFunc func(*config)

func (f optionFunc) apply(c *config) { f(c) }

// WithMaxAttempts sets how often a request is sent at most, from 1 to 100. It
// counts the first attempt, so 1 means never to retry. The default is
// [DefaultMaxAttempts]. Each hop of a redirect is a call of its own.
func WithMaxAttempts(n int) Option {
	return optionFunc(func(c *config) { c.maxAttempts = n })
}

// WithBackoff sets the waits between attempts: initial after the first, then
// doubled each time, each up to half longer or shorter at random, and never
// over limit with that, so the longest are two thirds of it in the middle.
// Both must be positive and at most a day. The defaults are
// [DefaultInitialBackoff] and [DefaultMaxBackoff]. After an answer that is
// throttled, initial is [DefaultThrottledBackoff] where that is longer; limit
// holds all the same.
func WithBackoff(initial, limit time.Duration) Option {
	return optionFunc(func(c *config) { c.initial, c.limit = initial, limit })
}

// WithSchedule sets the waits by any policy of github.com/cenkalti/backoff/v4.
// The function is called once for each call that has a retry to make, and the
// policy it returns is used by that call alone; [backoff.Stop] ends the
// retries, as does a nil policy. A negative wait counts as none. It takes the
// place of [WithBackoff], also for throttled answers; a Retry-After still
// counts as a minimum. The function must be safe for concurrent use.
func WithSchedule(newPolicy func() backoff.BackOff) Option {
	return optionFunc(func(c *config) { c.schedule, c.scheduleSet = newPolicy, true })
}

// WithRetryAfterLimit sets the longest Retry-After that is waited for. When a
// server asks for more, its answer is handed over at once: to come back sooner
// than asked is sure to fail. Zero waits for none; it must not be negative. The
// default is [DefaultRetryAfterLimit].
func WithRetryAfterLimit(d time.Duration) Option {
	return optionFunc(func(c *config) { c.retryAfterLimit = d })
}

// WithBudget sets the budget of each key: a bucket of tokens, full at first,
// from which each retry takes one. Each success puts perSuccess back, and a
// retry that succeeds its own token too. So of a service that fails now and
// then all calls are retried, and one that is down sees little more than its
// normal load. Tokens must be from 1 to a million, perSuccess from 0 to tokens.
// The defaults are [DefaultBudgetTokens] and [DefaultBudgetPerSuccess]; the
// size of a budget that is set here does not grow as that of [WithRecentSuccesses]
// does.
func WithBudget(tokens, perSuccess float64) Option {
	return optionFunc(func(c *config) {
		c.rule, c.ruleSet = budget.Rule{Tokens: tokens, PerSuccess: perSuccess}, true
		c.unbudgeted, c.pool = false, nil
	})
}

// WithRecentSuccesses lets the size of a budget grow by [DefaultBudgetPerRecent]
// for each success that the function counts, unless [WithBudget] sets it. A
// blip costs a retry or two for every call that falls into it, and so more at a
// busy host. Only packages of this module can use it: package transport counts
// by the window of the circuit, which is the last 10 s by default and has to have
// the same key.
func WithRecentSuccesses(count func(keyed.Key) uint64) Option {
	return optionFunc(func(c *config) { c.recent = count })
}

// WithoutBudget lets every call use all its attempts. An outage then sees
// several times the normal load, which can keep it from ending.
func WithoutBudget() Option {
	return optionFunc(func(c *config) { c.unbudgeted, c.pool = true, nil })
}

// WithSharedBudget takes the budget from a pool that another layer pays from
// as well. Only packages of this module can make one; package transport hands
// the same to retries and hedges. It takes the place of [WithBudget] given
// before it.
func WithSharedBudget(p *budget.Pool) Option {
	return optionFunc(func(c *config) { c.pool, c.unbudgeted = p, false })
}

// WithBodyBuffer keeps up to the given number of bytes of a request body that
// has no GetBody, while it is being sent, so that it can be sent again. The
// body is streamed as before: nothing is read ahead. A body that turns out
// longer is sent once. Zero, the default, keeps nothing; the number must be at
// most 1 GiB. The memory is held until the call ends.
func WithBodyBuffer(bytes int64) Option {
	return optionFunc(func(c *config) { c.bodyBuffer = bytes })
}

// WithDangerouslyRetryNonIdempotent also retries requests whose work could be
// done twice by it: a POST that timed out may have charged the card. Prefer an
// idempotency key, or [Idempotent] for the calls of which it is known.
func WithDangerouslyRetryNonIdempotent() Option {
	return optionFunc(func(c *config) { c.dangerous = true })
}

// WithConnTrace declares that the base calls the hooks of
// net/http/httptrace, as [http.Transport] does. A request that must not be
// repeated is then sent with hooks that prove, should it fail, that it never
// got a connection, and so may be sent again after all. The base must call
// GotConn before it sends anything, in every protocol that it speaks, with the
// context of the request. It costs such requests a few allocations. Where the
// base that [Retrier.Wrap] can see is an [*http.Transport], this is on anyway, and
// goes for a protocol of your own in its TLSNextProto, too. Other bases get the
// hooks with the first 16 such requests, and from then on if they call them: not for
// proof, but to see that a base sends requests again by itself.
func WithConnTrace() Option {
	return optionFunc(func(c *config) { c.trace = true })
}

// WithMaxKeys bounds how many budgets are kept, at least 1. When there are
// more keys, the budget of one that was not used lately goes and comes back
// full. The default is [DefaultMaxKeys].
func WithMaxKeys(n int) Option {
	return optionFunc(func(c *config) { c.maxKeys = n })
}

// WithKey sets what budgets are kept per. The function must not keep or change
// the request, and must be safe for concurrent use. Keys longer than 512 bytes
// are cut. The default, also for a nil function, is scheme, host and port.
func WithKey(key func(*http.Request) string) Option {
	return optionFunc(func(c *config) { c.key = key })
}

// WithClassifier sets what says which outcomes are worth another try. The
// default, also for a nil classifier, is [classify.Default].
func WithClassifier(cl classify.Classifier) Option {
	return optionFunc(func(c *config) { c.classifier = cl })
}

// WithObserver sets who is told of attempts and retries, and of retries that
// were not made and why. The default is nobody.
func WithObserver(o observe.Observer) Option {
	return optionFunc(func(c *config) { c.observer = o })
}
