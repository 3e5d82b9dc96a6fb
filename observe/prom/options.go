// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package surefootprom

import (
	"errors"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/surefoot-go/surefoot/trip"
)

// Defaults of the options.
const (
	// DefaultName is the value of the label client.
	DefaultName = "default"
	// DefaultMaxKeys is how many keys are told apart.
	DefaultMaxKeys = 1000
)

// maxMaxKeys keeps a slip from filling the memory.
const maxMaxKeys = 1_000_000

// DefaultBuckets returns the upper bounds, in seconds, of the classic buckets of
// durations. The slice is the caller's.
func DefaultBuckets() []float64 {
	return []float64{0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30}
}

// An Option configures a [Collector]. Options only record; [New] checks them.
// Nil ones are skipped, and of several of a kind the last counts.
type Option interface{ apply(c *config) }

// A ConfigError is a mistake in an option. It is the same type in all packages
// of surefoot.
type ConfigError = trip.ConfigError

type optionFunc func(*config)

func (f optionFunc) apply(c *config) { f(c) }

// WithName sets the value of the label client, by which the metrics of several
// Collectors in one registry are told apart. It must be valid UTF-8 and not be
// empty. The default is [DefaultName].
func WithName(name string) Option {
	return optionFunc(func(c *config) { c.name = name })
}

// WithMaxKeys sets how many keys are told apart, 1 to 1 000 000. The first n that
// are seen keep their names for as long as the Collector lives; those that come
// later share the name "other". A key with calls takes some 10 KiB. The default is
// [DefaultMaxKeys].
func WithMaxKeys(n int) Option {
	return optionFunc(func(c *config) { c.maxKeys = n })
}

// WithBuckets sets the upper bounds, in seconds, of the classic buckets of the
// durations of attempts and calls. They must be finite, positive and in
// ascending order. With no bounds there are only native buckets, which are
// always there, and which a server has to ask for. The default is
// [DefaultBuckets].
func WithBuckets(bounds ...float64) Option {
	bounds = slices.Clone(bounds)
	return optionFunc(func(c *config) { c.buckets = bounds })
}

// config is what the options recorded.
type config struct {
	name    string
	maxKeys int
	buckets []float64
}

func newConfig(opts []Option) (*config, error) {
	c := &config{name: DefaultName, maxKeys: DefaultMaxKeys, buckets: DefaultBuckets()}
	for _, o := range opts {
		if o != nil {
			o.apply(c)
		}
	}
	return c, c.validate()
}

func (c *config) validate() error {
	var errs []error
	wrong := func(option string, value any, reason string) {
		errs = append(errs, &ConfigError{Package: "surefootprom", Option: option, Value: value, Reason: reason})
	}
	switch {
	case c.name == "":
		wrong("WithName", c.name, "must not be empty")
	case !utf8.ValidString(c.name):
		wrong("WithName", strings.ToValidUTF8(c.name, "\uFFFD"), "must be valid UTF-8")
	}
	if c.maxKeys < 1 || c.maxKeys > maxMaxKeys {
		wrong("WithMaxKeys", c.maxKeys, "must be 1 to 1000000")
	}
	last := 0.0
	for _, b := range c.buckets {
		if !(b > last) || math.IsInf(b, 0) { // not b <= last: NaN is wrong, too
			wrong("WithBuckets", c.buckets, "must be finite, positive and in ascending order")
			break
		}
		last = b
	}
	return errors.Join(errs...)
}
