// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package retry

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/cenkalti/backoff/v4"

	"github.com/surefoot-go/surefoot/classify"
	"github.com/surefoot-go/surefoot/internal/budget"
	"github.com/surefoot-go/surefoot/internal/keyed"
	"github.com/surefoot-go/surefoot/observe"
)

type config struct {
	maxAttempts     int
	initial, limit  time.Duration
	schedule        func() backoff.BackOff
	scheduleSet     bool
	retryAfterLimit time.Duration
	rule            budget.Rule
	ruleSet         bool
	recent          func(keyed.Key) uint64
	unbudgeted      bool
	pool            *budget.Pool
	bodyBuffer      int64
	dangerous       bool
	trace           bool
	maxKeys         int
	key             func(*http.Request) string
	classifier      classify.Classifier
	observer        observe.Observer
}

func newConfig(opts []Option) (config, error) {
	c := config{
		maxAttempts: DefaultMaxAttempts,
		initial:     DefaultInitialBackoff, limit: DefaultMaxBackoff,
		retryAfterLimit: DefaultRetryAfterLimit,
		rule:            budget.Rule{Tokens: DefaultBudgetTokens, PerSuccess: DefaultBudgetPerSuccess},
		maxKeys:         DefaultMaxKeys,
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
	if !c.ruleSet {
		c.rule.PerRecent, c.rule.Recent = DefaultBudgetPerRecent, c.recent
	}
	c.rule.Key = c.key
	if c.pool == nil && !c.unbudgeted {
		c.pool = budget.NewPool(c.rule, c.maxKeys)
	}
	return c, nil
}

const (
	maxAttempts = 100
	maxBackoff  = 24 * time.Hour // keeps every product of waits within range
	maxTokens   = 1e6
	maxBuffer   = 1 << 30
)

func (c *config) validate() error {
	var errs []error
	check := func(ok bool, option string, value any, reason string) {
		if !ok {
			errs = append(errs, &ConfigError{Package: "retry", Option: option, Value: value, Reason: reason})
		}
	}
	check(c.maxAttempts >= 1 && c.maxAttempts <= maxAttempts, "WithMaxAttempts", c.maxAttempts, fmt.Sprintf("must be from 1 to %d, the first attempt included", maxAttempts))
	check(c.initial > 0 && c.initial <= maxBackoff, "WithBackoff", c.initial, fmt.Sprintf("the initial wait must be positive and at most %s", maxBackoff))
	check(c.limit >= c.initial && c.limit <= maxBackoff, "WithBackoff", c.limit, fmt.Sprintf("the longest wait must be at least the initial %s and at most %s", c.initial, maxBackoff))
	check(!c.scheduleSet || c.schedule != nil, "WithSchedule", nil, "must not be nil")
	check(c.retryAfterLimit >= 0, "WithRetryAfterLimit", c.retryAfterLimit, "must not be negative")
	// Written so that NaN fails.
	check(c.rule.Tokens >= 1 && c.rule.Tokens <= maxTokens, "WithBudget", c.rule.Tokens, "the tokens must be from 1 to a million")
	check(c.rule.PerSuccess >= 0 && c.rule.PerSuccess <= c.rule.Tokens, "WithBudget", c.rule.PerSuccess, "a success must put back from 0 to all of the tokens")
	check(c.bodyBuffer >= 0 && c.bodyBuffer <= maxBuffer, "WithBodyBuffer", c.bodyBuffer, "must be from 0 to 1 GiB")
	check(c.maxKeys >= 1, "WithMaxKeys", c.maxKeys, "must be at least 1")
	return errors.Join(errs...)
}
