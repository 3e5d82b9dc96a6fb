// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package timeout

import "time"

// An Option adjusts a [Timeout]. Options only record what they are given;
// [New] checks it. A nil Option is skipped.
type Option interface{ apply(*config) }

type optionFunc func(*config)

func (f optionFunc) apply(c *config) { f(c) }

// WithTotal says that the limit is for a whole call, with all its attempts and
// the waits between them, because the layer lies outside of the one that
// retries. It changes nothing but the [Error], whose Total is then true and
// whose text says so. By default an Error speaks of one attempt. To give the
// option twice is the same as once.
func WithTotal() Option {
	return optionFunc(func(c *config) { c.total = true })
}

// config is what New works from.
type config struct {
	limit time.Duration
	total bool
}

func newConfig(limit time.Duration, opts []Option) config {
	cfg := config{limit: limit}
	for _, opt := range opts {
		if opt != nil {
			opt.apply(&cfg)
		}
	}
	return cfg
}

// validate has one rule; where there are more, each package joins its
// mistakes.
func (c *config) validate() error {
	if c.limit <= 0 {
		return &ConfigError{Package: "timeout", Option: "New", Value: c.limit, Reason: "the limit must be over 0"}
	}
	return nil
}
