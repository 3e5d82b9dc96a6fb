// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package hedge

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/surefoot-go/surefoot/classify"
	"github.com/surefoot-go/surefoot/internal/budget"
	"github.com/surefoot-go/surefoot/observe"
)

// Defaults of the options.
const (
	// DefaultQuantile is the share of answers that come before a hedge is
	// sent: about one in thirty is later. At 0.95 one in twenty is, and a tail
	// is cut by a tenth more.
	DefaultQuantile = 0.968
	// DefaultMinDelay is the shortest wait before a hedge.
	DefaultMinDelay = time.Millisecond
	// DefaultBudgetTokens is the size of a key's budget.
	DefaultBudgetTokens = 10
	// DefaultBudgetPerSuccess is what a success puts back.
	DefaultBudgetPerSuccess = 0.1
	// DefaultMaxKeys is how many keys are kept.
	DefaultMaxKeys = 10_000
)

// An Option configures a [Hedger]. Options only record; [New] checks them
// together. Nil options are skipped, and of an option given twice the last
// counts.
type Option interface{ apply(*config) }

type optionFunc func(*config)

func (f optionFunc) apply(c *config) { f(c) }

// WithQuantile sets the share of answers, from 0.5 to 0.99, that come before a
// hedge is sent. So 1-q of the attempts are hedged, as long as the budget
// allows it. The default is [DefaultQuantile]. It takes the place of
// [WithDelay] given before it.
func WithQuantile(q float64) Option {
	return optionFunc(func(c *config) { c.quantile, c.fixed = q, false })
}

// WithMinDelay sets the shortest wait before a hedge, from 0 to an hour: below
// it there is nothing worth a second attempt. The default is
// [DefaultMinDelay]. It does not change the delay of [WithDelay].
func WithMinDelay(d time.Duration) Option {
	return optionFunc(func(c *config) { c.minDelay = d })
}

// WithDelay sends the hedge after a fixed delay, over 0 and at most an hour,
// from the first call on. Nothing is learned then: it is for those who know
// their server, or have a promise of it. It takes the place of [WithQuantile]
// given before it.
func WithDelay(d time.Duration) Option {
	return optionFunc(func(c *config) { c.delay, c.fixed = d, true })
}

// WithBudget sets the budget of each key: a bucket of tokens, full at first,
// from which each hedge takes one, whether it wins or not. Each call that is
// answered puts perSuccess back. So no more than a tenth of the calls are
// hedged over time, and none while a server gives no answers. Tokens must be
// from 1 to a million, perSuccess from 0 to tokens. The defaults are
// [DefaultBudgetTokens] and [DefaultBudgetPerSuccess], as of retries. It takes
// the place of [WithSharedBudget] given before it.
func WithBudget(tokens, perSuccess float64) Option {
	return optionFunc(func(c *config) {
		c.rule, c.pool = budget.Rule{Tokens: tokens, PerSuccess: perSuccess}, nil
	})
}

// WithSharedBudget takes the budget from a pool that another layer pays from
// as well, and tells of successes. Only packages of this module can make one;
// package transport hands the same to retries and hedges. A nil pool stands for
// none given. It takes the place of [WithBudget] given before it.
func WithSharedBudget(p *budget.Pool) Option {
	return optionFunc(func(c *config) { c.pool = p })
}

// WithMaxKeys bounds how many keys are kept, at least 1. When there are more,
// one that was not used lately goes, and is learned anew when it comes back.
// The default is [DefaultMaxKeys]. A key takes about 1.6 KB.
func WithMaxKeys(n int) Option {
	return optionFunc(func(c *config) { c.maxKeys = n })
}

// WithKey sets what latencies and budgets are kept per: calls of one key should
// take about the same time. The function must not keep or change the request,
// and must be safe for concurrent use. Keys longer than 512 bytes are cut. The
// default, also for a nil function, is scheme, host and port.
func WithKey(key func(*http.Request) string) Option {
	return optionFunc(func(c *config) { c.key = key })
}

// WithClassifier sets what tells an answer from trouble. The default, also for
// a nil classifier, is [classify.Default].
func WithClassifier(cl classify.Classifier) Option {
	return optionFunc(func(c *config) { c.classifier = cl })
}

// WithObserver sets who is told of hedges, and of those that were not sent and
// why. Events are emitted on the caller's goroutine with no lock held. The
// default is nobody.
func WithObserver(o observe.Observer) Option {
	return optionFunc(func(c *config) { c.observer = o })
}

type config struct {
	quantile        float64
	minDelay, delay time.Duration
	fixed           bool // by delay, and not by quantile
	rule            budget.Rule
	pool            *budget.Pool
	shared          bool // so that another layer tells it of successes
	maxKeys         int
	key             func(*http.Request) string
	classifier      classify.Classifier
	observer        observe.Observer
}

func newConfig(opts []Option) (config, error) {
	c := config{
		quantile: DefaultQuantile, minDelay: DefaultMinDelay,
		rule:    budget.Rule{Tokens: DefaultBudgetTokens, PerSuccess: DefaultBudgetPerSuccess},
		maxKeys: DefaultMaxKeys,
	}
	for _, o := range opts {
		if o != nil {
			o.apply(&c)
		}
	}
	if err := c.validate(); err != nil {
		return config{}, err
	}
	if c.classifier == nil {
		c.classifier = classify.Default()
	}
	if c.shared = c.pool != nil; !c.shared {
		c.pool = budget.NewPool(c.rule, c.maxKeys)
	}
	return c, nil
}

const (
	minQuantile = 0.5
	maxQuantile = 0.99 // so that half of a window has enough samples above it
	maxDelay    = time.Hour
	maxTokens   = 1e6
)

func (c *config) validate() error {
	var errs []error
	check := func(ok bool, option string, value any, reason string) {
		if !ok {
			errs = append(errs, &ConfigError{Package: "hedge", Option: option, Value: value, Reason: reason})
		}
	}
	// Written so that NaN fails.
	check(c.quantile >= minQuantile && c.quantile <= maxQuantile, "WithQuantile", c.quantile,
		fmt.Sprintf("must be from %v to %v", minQuantile, maxQuantile))
	check(c.minDelay >= 0 && c.minDelay <= maxDelay, "WithMinDelay", c.minDelay, fmt.Sprintf("must be from 0 to %s", maxDelay))
	check(!c.fixed || c.delay > 0 && c.delay <= maxDelay, "WithDelay", c.delay, fmt.Sprintf("must be over 0 and at most %s", maxDelay))
	check(c.rule.Tokens >= 1 && c.rule.Tokens <= maxTokens, "WithBudget", c.rule.Tokens, "the tokens must be from 1 to a million")
	check(c.rule.PerSuccess >= 0 && c.rule.PerSuccess <= c.rule.Tokens, "WithBudget", c.rule.PerSuccess, "a success must put back from 0 to all of the tokens")
	check(c.maxKeys >= 1, "WithMaxKeys", c.maxKeys, "must be at least 1")
	return errors.Join(errs...)
}
