// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package fleet

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"go.uber.org/zap" //nolint:depguard // WithLogger, as in transport

	"github.com/surefoot-go/surefoot/observe"
	"github.com/surefoot-go/surefoot/trip"
)

// Defaults of the options.
const (
	// DefaultNamespace is the name of the fleet.
	DefaultNamespace = "default"
	// DefaultPrefix is what the keys and the channel begin with, after a brace.
	DefaultPrefix = "surefoot"
	// DefaultQuorum is how many instances have to agree at least.
	DefaultQuorum = 2
	// DefaultShare is the share of the instances that call a key that has to agree.
	DefaultShare = 0.2
	// DefaultReconcileEvery is how often an instance compares what it knows with
	// what the engine has.
	DefaultReconcileEvery = 2 * time.Second
	// DefaultQueue is of how many keys there may be something to tell.
	DefaultQueue = 1024
	// DefaultMaxKeys is how many circuits may be open at once, and how many keys
	// may cool down.
	DefaultMaxKeys = 10_000
)

// A ConfigError is a mistake in an option. It is the same type in all packages
// of surefoot.
type ConfigError = trip.ConfigError

// An Option configures a [Fleet]. Options only record; the constructor checks
// them together. Nil options are skipped, and of an option given twice the last
// counts.
type Option interface{ apply(*config) }

type optionFunc func(*config)

func (f optionFunc) apply(c *config) { f(c) }

// WithNamespace sets the name of the fleet: instances share what those of the same
// name know, and nothing with others on the same server. It has 1 to 64 letters,
// digits, and signs out of "-_./". The default is [DefaultNamespace].
//
// Give services that see different networks different names, and those too that
// have different ideas of what a failure is.
func WithNamespace(name string) Option {
	return optionFunc(func(c *config) { c.namespace = name })
}

// WithPrefix sets what the keys and the channel of the server begin with, for a
// server that is shared with others. It has the form of a namespace. All keys are
// "{prefix:namespace}" and something after it, so that those of one namespace are
// in one slot of a cluster. It is for [New] only: an [Engine] has its own. The
// default is [DefaultPrefix].
func WithPrefix(prefix string) Option {
	return optionFunc(func(c *config) { c.prefix, c.prefixSet = prefix, true })
}

// WithQuorum sets how many instances have to report a key before it becomes open,
// or cools down, for all: n of them, from 1 to 10 000, or the given share, from 0
// to 1, of those that have called it within [CallerTime], whichever is more. It has
// to be the same for all instances of a fleet. The defaults are [DefaultQuorum]
// and [DefaultShare].
//
// With 1 and 0 whatever one instance believes is true for all. Where the network
// of one may be bad, that is an outage of everything.
func WithQuorum(n int, share float64) Option {
	return optionFunc(func(c *config) { c.quorum, c.share = n, share })
}

// WithInstance sets the name of this instance, in the form of a namespace, in which
// a colon may be, too, as between a host and its port. It must not be that of another one, or the two count as one. The default is a random
// name, which is always right; a name of yours is easier to find on the server.
func WithInstance(name string) Option {
	return optionFunc(func(c *config) { c.instance = name })
}

// WithReconcileEvery sets how often an instance compares what it knows with what
// the engine has, from 100 ms to 1 min, a fifth more or less at random. Three times
// as long is how long circuits stay in the hands of a fleet whose engine is gone. A
// call of the engine that takes longer has failed. The default is
// [DefaultReconcileEvery].
func WithReconcileEvery(d time.Duration) Option {
	return optionFunc(func(c *config) { c.every = d })
}

// WithQueue sets how many keys may have news that is not sent yet, from 1 to
// 1 000 000. What is told of one more is dropped and counted; if
// it is still true it is told again. The default is [DefaultQueue].
func WithQueue(keys int) Option {
	return optionFunc(func(c *config) { c.queue = keys })
}

// WithMaxKeys sets how many circuits may be open at once for all, and how many keys
// may cool down, from 1 to 1 000 000. It has to be the same for all instances of a
// fleet. A key takes about 500 bytes in an instance and 1000 on the server. The
// default is [DefaultMaxKeys].
func WithMaxKeys(n int) Option {
	return optionFunc(func(c *config) { c.maxKeys = n })
}

// WithLogger sets where it is written that the engine is lost and found, by
// [observe.NewZap]. The default, also for a nil logger, is nowhere.
func WithLogger(logger *zap.Logger) Option {
	return optionFunc(func(c *config) { c.logger = logger })
}

// WithObserver sets who is told that the engine is lost and found: one
// [observe.FleetLost] and one [observe.FleetFound] for each outage. It is called on
// a goroutine of the Fleet, with no lock held, and must not call [Fleet.Close]. What
// becomes of circuits the breaker's own observer is told, and of cool-downs that of
// the limiter: of what the fleet changes, these too on a goroutine of the Fleet. An
// observer that blocks delays what the fleet has to say to this process, and calls
// go on meanwhile as if it said nothing. The default is nobody.
func WithObserver(o observe.Observer) Option {
	return optionFunc(func(c *config) { c.observer = o })
}

type config struct {
	namespace, prefix, instance string
	prefixSet                   bool
	quorum                      int
	share                       float64
	every                       time.Duration
	queue, maxKeys              int
	logger                      *zap.Logger
	observer                    observe.Observer
}

func newConfig(opts []Option) config {
	c := config{
		namespace: DefaultNamespace, prefix: DefaultPrefix, instance: randomName(),
		quorum: DefaultQuorum, share: DefaultShare, every: DefaultReconcileEvery,
		queue: DefaultQueue, maxKeys: DefaultMaxKeys,
	}
	for _, o := range opts {
		if o != nil {
			o.apply(&c)
		}
	}
	c.observer = observe.Join(observe.NewZap(c.logger), c.observer)
	return c
}

const (
	maxQuorum = 10_000
	maxCount  = 1_000_000
	leastStep = 100 * time.Millisecond
	mostStep  = time.Minute
)

// validate returns all mistakes, those of the constructor's own arguments, which
// come in, first.
func (c *config) validate(errs ...error) error {
	check := func(ok bool, option string, value any, reason string) {
		if !ok {
			errs = append(errs, mistake(option, value, reason))
		}
	}
	name := fmt.Sprintf(`must have 1 to %d letters, digits, and signs out of "-_.`, maxName)
	check(isPart(c.namespace), "WithNamespace", c.namespace, name+`/"`)
	check(isPart(c.prefix), "WithPrefix", c.prefix, name+`/"`)
	check(isName(c.instance), "WithInstance", c.instance, name+`:/"`)
	check(c.quorum >= 1 && c.quorum <= maxQuorum, "WithQuorum", c.quorum, fmt.Sprintf("must be from 1 to %d", maxQuorum))
	check(c.share >= 0 && c.share <= 1, "WithQuorum", c.share, "the share must be from 0 to 1")
	check(c.every >= leastStep && c.every <= mostStep, "WithReconcileEvery", c.every,
		fmt.Sprintf("must be from %s to %s", leastStep, mostStep))
	check(c.queue >= 1 && c.queue <= maxCount, "WithQueue", c.queue, fmt.Sprintf("must be from 1 to %d", maxCount))
	check(c.maxKeys >= 1 && c.maxKeys <= maxCount, "WithMaxKeys", c.maxKeys, fmt.Sprintf("must be from 1 to %d", maxCount))
	return errors.Join(errs...)
}

// isPart reports whether s is fit for one of the two names that a colon joins: no
// other two may come out the same.
func isPart(s string) bool { return isName(s) && !strings.Contains(s, ":") }

func mistake(option string, value any, reason string) error {
	return &ConfigError{Package: "fleet", Option: option, Value: value, Reason: reason}
}
