// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package limit

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
	// DefaultMinLimit is how far down an adaptive limit goes.
	DefaultMinLimit = 2
	// DefaultMaxLimit is how far up an adaptive limit goes.
	DefaultMaxLimit = 1000
	// DefaultMaxWait is how long an attempt waits for a place or for the end
	// of a cool-down.
	DefaultMaxWait = time.Second
	// DefaultMaxWaiting is how many attempts to a key wait at once.
	DefaultMaxWaiting = 100
	// DefaultMaxKeys is how many keys a limiter keeps.
	DefaultMaxKeys = 10_000
)

// An Option configures a [Limiter]. Options only record; [New] checks them
// together. Nil options are skipped, and of an option given twice the last
// counts.
type Option interface{ apply(*config) }

type optionFunc func(*config)

func (f optionFunc) apply(c *config) { f(c) }

// WithMaxInFlight sets how many attempts to a key may be in flight at once,
// from 1 to 1 000 000: a bulkhead. An attempt is in flight until its
// response's body has been read to its end or closed, so a caller that forgets
// to close bodies runs out of places. By default there is no such limit. The
// adaptive limit may be lower.
func WithMaxInFlight(n int) Option {
	return optionFunc(func(c *config) { c.maxInFlight, c.maxInFlightSet = n, true })
}

// WithAdaptive sets the bounds of the adaptive limit, from 1 to 1 000 000 and
// the first at most as large as the second. The defaults are
// [DefaultMinLimit] and [DefaultMaxLimit]. It also takes an earlier
// [WithoutAdaptive] back.
func WithAdaptive(minLimit, maxLimit int) Option {
	return optionFunc(func(c *config) { c.adaptive, c.minLimit, c.maxLimit = true, minLimit, maxLimit })
}

// WithoutAdaptive switches the adaptive limit off.
func WithoutAdaptive() Option {
	return optionFunc(func(c *config) { c.adaptive = false })
}

// WithMaxWait sets how long an attempt may wait for a place or for the end of
// a cool-down, from 0, which is not at all, to 1 h. It waits no longer than
// its context lives, and for a place under an adaptive limit no longer than an
// answer takes. Where a cool-down will not be over in time, it does not wait
// in vain but is rejected at once; where it will, the attempt may go before the end
// as a probe of a server that fails. The default is [DefaultMaxWait]: longer,
// and the answers that are still wanted come late because of those that are
// not.
func WithMaxWait(d time.Duration) Option {
	return optionFunc(func(c *config) { c.maxWait = d })
}

// WithMaxWaiting sets how many attempts to a key may wait at once, from 0 to
// 1 000 000. When as many wait, a new one takes the place of the oldest that
// is no more important, see [WithPriority]. The default is
// [DefaultMaxWaiting].
func WithMaxWaiting(n int) Option {
	return optionFunc(func(c *config) { c.maxWaiting = n })
}

// WithoutCoolDown lets attempts go while the server's Retry-After has not
// passed. By default those to its key wait or are rejected.
func WithoutCoolDown() Option {
	return optionFunc(func(c *config) { c.coolDown = false })
}

// WithMaxKeys bounds how many keys are kept, at least 1. When there are more,
// one that was not asked for lately goes; one that has attempts under way, is
// awake or cools down stays. Should all of them, a new key does without limits.
// The default is [DefaultMaxKeys]. A key takes about 800 bytes.
func WithMaxKeys(n int) Option {
	return optionFunc(func(c *config) { c.maxKeys = n })
}

// WithKey sets what limits and cool-downs are kept per. The function must not
// keep or change the request, and must be safe for concurrent use. Keys longer
// than 512 bytes are cut. The default, also for a nil function, is scheme, host
// and port: in lower case, and without the port that is the scheme's own.
func WithKey(key func(*http.Request) string) Option {
	return optionFunc(func(c *config) { c.key = key })
}

// WithClassifier sets what tells how an attempt went, and what wait a server
// asked for. The default, also for a nil classifier, is [classify.Default].
func WithClassifier(cl classify.Classifier) Option {
	return optionFunc(func(c *config) { c.classifier = cl })
}

// WithObserver sets who is told of adaptive limits that change, of cool-downs
// that begin, and of attempts that are rejected. Events are emitted with no
// lock held, so the observer may call back. The changes of one key are told in
// their order and one at a time: one that comes while the observer is still
// busy with another is told next, on the goroutine that told the other. The
// default is nobody.
func WithObserver(o observe.Observer) Option {
	return optionFunc(func(c *config) { c.observer = o })
}

// WithFleet shares the cool-downs with other processes that call the same hosts:
// where a server has asked enough of them to wait, all do. See package peer, and
// the module github.com/surefoot-go/surefoot/fleet for a [peer.Fleet]. The
// Limiter joins the fleet with the first [Limiter.Wrap] and is kept by it from
// then on; with [WithoutCoolDown] it has nothing to share and does not. An
// attempt never waits for the fleet. Limits are not shared: each process measures
// its own. The default, also for a nil fleet, is to be alone.
func WithFleet(f peer.Fleet) Option {
	return optionFunc(func(c *config) { c.fleet = f })
}

type config struct {
	maxInFlight        int
	maxInFlightSet     bool
	adaptive, coolDown bool
	minLimit, maxLimit int
	maxWait            time.Duration
	maxWaiting         int
	maxKeys            int
	key                func(*http.Request) string
	classifier         classify.Classifier
	observer           observe.Observer
	fleet              peer.Fleet
}

func newConfig(opts []Option) (config, error) {
	c := config{
		adaptive: true, minLimit: DefaultMinLimit, maxLimit: DefaultMaxLimit, coolDown: true,
		maxWait: DefaultMaxWait, maxWaiting: DefaultMaxWaiting, maxKeys: DefaultMaxKeys,
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
	// maxCount bounds what is counted: more is no limit.
	maxCount   = 1_000_000
	longestMax = time.Hour
)

func (c *config) validate() error {
	var errs []error
	check := func(ok bool, option string, value any, reason string) {
		if !ok {
			errs = append(errs, &ConfigError{Package: "limit", Option: option, Value: value, Reason: reason})
		}
	}
	check(!c.maxInFlightSet || c.maxInFlight >= 1 && c.maxInFlight <= maxCount, "WithMaxInFlight", c.maxInFlight,
		fmt.Sprintf("must be from 1 to %d", maxCount))
	check(c.minLimit >= 1 && c.minLimit <= maxCount, "WithAdaptive", c.minLimit,
		fmt.Sprintf("the least limit must be from 1 to %d", maxCount))
	check(c.maxLimit >= c.minLimit && c.maxLimit <= maxCount, "WithAdaptive", c.maxLimit,
		fmt.Sprintf("the greatest limit must be from the least, %d, to %d", c.minLimit, maxCount))
	check(c.maxWait >= 0 && c.maxWait <= longestMax, "WithMaxWait", c.maxWait, fmt.Sprintf("must be from 0s to %s", longestMax))
	check(c.maxWaiting >= 0 && c.maxWaiting <= maxCount, "WithMaxWaiting", c.maxWaiting, fmt.Sprintf("must be from 0 to %d", maxCount))
	check(c.maxKeys >= 1, "WithMaxKeys", c.maxKeys, "must be at least 1")
	return errors.Join(errs...)
}
