// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package breaker

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/surefoot-go/surefoot/classify"
	"github.com/surefoot-go/surefoot/observe"
	"github.com/surefoot-go/surefoot/peer"
)

// Defaults of the options.
const (
	// DefaultFailureRatio is the share of failures that opens a circuit. It is
	// high on purpose: a circuit that opens at the actual error rate of a
	// service that half works takes the working half away too.
	DefaultFailureRatio = 0.8
	// DefaultMinRequests is how many outcomes the window must hold before the
	// ratio means anything.
	DefaultMinRequests = 20
	// DefaultWindow is how far back outcomes count.
	DefaultWindow = 10 * time.Second
	// DefaultOpenFor is how long a circuit stays open before a probe.
	DefaultOpenFor = time.Second
	// DefaultProbes is how many probes in a row must succeed to close a circuit.
	DefaultProbes = 3
	// DefaultMaxKeys is how many circuits a breaker keeps.
	DefaultMaxKeys = 10_000
)

// StreakTime is how long failures in a row must go on to open a circuit by
// themselves, or the window where that is shorter. A blip of less is bridged by
// retries.
const StreakTime = time.Second

// MaxRetryAfter bounds how long a server's Retry-After can keep a circuit
// open, beyond the open time that is configured. A host must be found again
// within a minute of its return whatever its last words were.
const MaxRetryAfter = time.Minute

// An Option configures a [Breaker]. Options only record; [New] checks them
// together. Nil options are skipped, and of an option given twice the last
// counts.
type Option interface{ apply(*config) }

type optionFunc func(*config)

func (f optionFunc) apply(c *config) { f(c) }

// WithFailureRatio sets the share of failures, over 0 and at most 1, at which
// a circuit opens. The default is [DefaultFailureRatio].
func WithFailureRatio(ratio float64) Option {
	return optionFunc(func(c *config) { c.ratio = ratio })
}

// WithMinRequests sets how many outcomes, from 1 to 100 000, the window must
// hold before the ratio counts. As many failures in a row, over at least
// [StreakTime] and however slowly they came, open a circuit too. The default is
// [DefaultMinRequests].
func WithMinRequests(n int) Option {
	return optionFunc(func(c *config) { c.minRequests = n })
}

// WithWindow sets how far back outcomes count: from 10 ms to 24 h. It rolls in
// at least eight steps. It is also how long a probe keeps others from probing,
// up to a minute, and so should be longer than the slowest attempt. The default
// is [DefaultWindow]; package transport makes it at least twice the attempt
// timeout.
func WithWindow(d time.Duration) Option {
	return optionFunc(func(c *config) { c.window = d })
}

// WithOpenFor sets how long a circuit stays open before it lets a probe
// through: initial at first, doubled after each failed probe, at most limit.
// Both are from 1 ms to 24 h. Where they differ, each time is lengthened by up to a
// tenth at random, so that a fleet's probes spread. A server's Retry-After
// lengthens it too; see [MaxRetryAfter]. The default is [DefaultOpenFor] for
// both: one probe a second costs a host that is down little, and lets its
// return be seen within a second.
func WithOpenFor(initial, limit time.Duration) Option {
	return optionFunc(func(c *config) { c.openFor, c.maxOpenFor = initial, limit })
}

// WithProbes sets how many probes, from 1 to 1000, must succeed one after the
// other to close a circuit. The default is [DefaultProbes].
func WithProbes(n int) Option {
	return optionFunc(func(c *config) { c.probes = n })
}

// WithSlowCall counts an attempt as a failure when its response headers take
// d or longer, whatever they say. It must be positive. Without this option
// time does not count. It costs one more reading of the clock for each attempt.
func WithSlowCall(d time.Duration) Option {
	return optionFunc(func(c *config) { c.slowCall, c.slowSet = d, true })
}

// WithMaxKeys bounds how many circuits are kept, at least 1. When there are
// more keys, the circuit of one that was not asked for lately goes; one that
// is open stays. Should all be open, a new key does without a circuit. The
// default is [DefaultMaxKeys]. A circuit takes about 450 bytes, and 350 more
// once it has opened; in a fleet, another 80.
func WithMaxKeys(n int) Option {
	return optionFunc(func(c *config) { c.maxKeys = n })
}

// WithKey sets what circuits are kept per. The function must not keep or
// change the request, and must be safe for concurrent use. Keys longer than 512
// bytes are cut. The default, also for a nil function, is scheme, host and port: in
// lower case, and without the port that is the scheme's own.
func WithKey(key func(*http.Request) string) Option {
	return optionFunc(func(c *config) { c.key = key })
}

// WithClassifier sets what tells failures from successes. The default, also
// for a nil classifier, is [classify.Default].
func WithClassifier(cl classify.Classifier) Option {
	return optionFunc(func(c *config) { c.classifier = cl })
}

// WithObserver sets who is told of circuits that open and close, of attempts
// that they reject, and of bodies that break. Events are emitted with no lock
// held, so the observer may call back. The changes of one circuit are told in
// their order and one at a time: one that comes while the observer is still busy
// with another is told next, on the goroutine that told the other. The default
// is nobody.
func WithObserver(o observe.Observer) Option {
	return optionFunc(func(c *config) { c.observer = o })
}

// WithFleet shares the circuits with other processes that call the same hosts:
// where enough of them find that a host fails, the circuits of all open, and one
// process at a time probes it for all. See package peer, and the module
// github.com/surefoot-go/surefoot/fleet for a [peer.Fleet]. The Breaker joins the
// fleet with the first [Breaker.Wrap] and is kept by it from then on. A call
// never waits for the fleet, and without a word from it each circuit goes on as
// if it were alone. The default, also for a nil fleet, is to be alone.
func WithFleet(f peer.Fleet) Option {
	return optionFunc(func(c *config) { c.fleet = f })
}

type config struct {
	ratio               float64
	minRequests, probes int
	window              time.Duration
	openFor, maxOpenFor time.Duration
	slowCall            time.Duration
	slowSet             bool
	maxKeys             int
	key                 func(*http.Request) string
	classifier          classify.Classifier
	observer            observe.Observer
	fleet               peer.Fleet
}

func newConfig(opts []Option) (config, error) {
	c := config{
		ratio: DefaultFailureRatio, minRequests: DefaultMinRequests,
		window: DefaultWindow, openFor: DefaultOpenFor, maxOpenFor: DefaultOpenFor,
		probes: DefaultProbes, maxKeys: DefaultMaxKeys,
	}
	for _, o := range opts {
		if o != nil {
			o.apply(&c)
		}
	}
	if c.classifier == nil {
		c.classifier = classify.Default()
	}
	return c, c.validate()
}

const (
	minWindow = 10 * time.Millisecond
	maxWindow = 24 * time.Hour
	minOpen   = time.Millisecond
	maxOpen   = 24 * time.Hour
	maxProbes = 1000
	// maxMinRequests is well within what one slot of a window counts.
	maxMinRequests = 100_000
)

func (c *config) validate() error {
	var errs []error
	check := func(ok bool, option string, value any, reason string) {
		if !ok {
			errs = append(errs, &ConfigError{Package: "breaker", Option: option, Value: value, Reason: reason})
		}
	}
	// Written so that NaN fails.
	check(c.ratio > 0 && c.ratio <= 1, "WithFailureRatio", c.ratio, "must be over 0 and at most 1")
	check(c.minRequests >= 1 && c.minRequests <= maxMinRequests, "WithMinRequests", c.minRequests,
		fmt.Sprintf("must be from 1 to %d", maxMinRequests))
	check(c.window >= minWindow && c.window <= maxWindow, "WithWindow", c.window,
		fmt.Sprintf("must be from %s to %s", minWindow, maxWindow))
	check(c.openFor >= minOpen && c.openFor <= maxOpen, "WithOpenFor", c.openFor,
		fmt.Sprintf("the initial time must be from %s to %s", minOpen, maxOpen))
	check(c.maxOpenFor >= c.openFor && c.maxOpenFor <= maxOpen, "WithOpenFor", c.maxOpenFor,
		fmt.Sprintf("the limit must be at least the initial time, %s, and at most %s", c.openFor, maxOpen))
	check(c.probes >= 1 && c.probes <= maxProbes, "WithProbes", c.probes, fmt.Sprintf("must be from 1 to %d", maxProbes))
	check(!c.slowSet || c.slowCall > 0, "WithSlowCall", c.slowCall, "must be positive")
	check(c.maxKeys >= 1, "WithMaxKeys", c.maxKeys, "must be at least 1")
	return errors.Join(errs...)
}
