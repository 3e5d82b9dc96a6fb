// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package triptest

import (
	"net/http"
	"slices"
	"time"

	"github.com/surefoot-go/surefoot/trip"
)

// An Option declares what the wrapper under check is meant to do, or steers
// the check. Nil options are skipped. Where an option is given twice, the last
// one counts, unless its documentation says otherwise.
type Option interface{ apply(*config) }

type optionFunc func(*config)

func (f optionFunc) apply(c *config) { f(c) }

// Retries declares that the wrapper sends a request again, up to the given
// number of attempts in all, when it is answered with 503 or its connection is
// reset and its method is idempotent. The number counts the first attempt and
// must be 2 or more. Without this option every request has to be sent once.
func Retries(attempts int) Option {
	return optionFunc(func(c *config) { c.give("Retries"); c.attempts = attempts })
}

// RetriesMethods names the methods that the wrapper sends again. The default
// is GET, HEAD, OPTIONS, TRACE, PUT and DELETE, all that RFC 9110 §9.2.2 calls
// idempotent. It has no effect without [Retries].
func RetriesMethods(methods ...string) Option {
	methods = slices.Clone(methods)
	return optionFunc(func(c *config) { c.methods = methods })
}

// RetriesKeyed declares that the wrapper takes a POST with an Idempotency-Key
// header for idempotent and sends it again. It needs [Retries].
func RetriesKeyed() Option {
	return optionFunc(func(c *config) { c.give("RetriesKeyed") })
}

// Buffers declares that the wrapper keeps the body of a request that has no
// GetBody, so that it can send it again.
func Buffers() Option {
	return optionFunc(func(c *config) { c.give("Buffers") })
}

// Circuit declares that the wrapper refuses to send after enough failures in a
// row, by an error that matches target ([errors.Is]). A nil target accepts any
// refusal, a made-up response too. Failures, to a circuit, are answers of 503
// or connections that are reset; the check tries a few hundred of each.
func Circuit(target error) Option {
	return optionFunc(func(c *config) { c.give("Circuit"); c.rejection = target })
}

// CircuitPerHost declares that the wrapper keeps one circuit for each host. It
// has no effect without [Circuit].
func CircuitPerHost() Option {
	return optionFunc(func(c *config) { c.give("CircuitPerHost") })
}

// TimesOut declares that the wrapper gives up an attempt that has no response
// headers after d, which must be positive.
func TimesOut(d time.Duration) Option {
	return optionFunc(func(c *config) { c.give("TimesOut"); c.timeout = d })
}

// Hedges declares that the wrapper sends a second attempt of a safe request
// whose first is slow. The check answers a few hundred requests at once, so
// that a wrapper can learn what slow is, before it is slow itself.
func Hedges() Option {
	return optionFunc(func(c *config) { c.give("Hedges") })
}

// AddsKeys declares that the wrapper gives every POST a key in the named
// header, unless the caller has.
func AddsKeys(header string) Option {
	return optionFunc(func(c *config) { c.give("AddsKeys"); c.keyHeader = http.CanonicalHeaderKey(header) })
}

// MayChangeRequest declares that the wrapper sets or alters the named headers
// of what it sends, and no others; without names, any header. The caller's
// request still has to stay as it was. Several of these options add up.
func MayChangeRequest(headers ...string) Option {
	return optionFunc(func(c *config) { c.requestHeaders.allow(headers) })
}

// MayChangeResponse declares that the wrapper sets or alters the named headers
// of what it returns, and no others; without names, any header. Several of
// these options add up.
func MayChangeResponse(headers ...string) Option {
	return optionFunc(func(c *config) { c.responseHeaders.allow(headers) })
}

// Composes declares that the wrapper is built from middleware, and tells how:
// compose returns the wrapper with inner among its parts. The check counts how
// often inner is called.
func Composes(compose func(inner trip.Middleware) trip.Middleware) Option {
	return optionFunc(func(c *config) { c.give("Composes"); c.compose = compose })
}

// Skip leaves a clause out. The reason is reported and must not be
// empty. Several of these options add up.
func Skip(name, reason string) Option {
	return optionFunc(func(c *config) { c.skipped = append(c.skipped, skip{name, reason}) })
}

// Only checks the named clauses and no others. Several of these options add
// up.
func Only(names ...string) Option {
	names = slices.Clone(names)
	return optionFunc(func(c *config) { c.only = append(c.only, names...) })
}

// DefaultLimit is how long a clause may take.
const DefaultLimit = 10 * time.Second

// Limit sets how long a clause may take on the real clock before the wrapper
// is said to hang. It must be positive; the default is [DefaultLimit]. Waits
// on the fake clock take no real time and do not count.
func Limit(d time.Duration) Option {
	return optionFunc(func(c *config) { c.limit = d })
}

// RealClock checks without the fake clock of [testing/synctest], and leaves
// out the clauses that would take too long without. It is for wrappers that
// hand their work to goroutines which were started elsewhere, as a pool kept
// in a package variable: such goroutines cannot enter a bubble.
func RealClock() Option {
	return optionFunc(func(c *config) { c.realClock = true })
}
