// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package idempotency

import (
	"crypto/rand"
	"errors"
	"net/http"
	"slices"
	"strconv"

	"github.com/surefoot-go/surefoot/observe"
)

// DefaultHeader is the header that carries the key, unless [WithHeader] says
// otherwise.
const DefaultHeader = "Idempotency-Key"

// A Format says how a key is written in the header. The zero value is [Bare].
type Format uint8

const (
	// Bare writes the key as it is, as Stripe and most other services that
	// take one expect.
	Bare Format = iota

	// Quoted writes the key as a String of RFC 9651, in double quotes, as
	// draft-ietf-httpapi-idempotency-key-header-07 says.
	Quoted
)

// String returns the format in lower case.
func (f Format) String() string {
	switch f {
	case Bare:
		return "bare"
	case Quoted:
		return "quoted"
	}
	return "format(" + strconv.Itoa(int(f)) + ")"
}

// An Option adjusts a [Keys]. Options only record what they are given; [New]
// checks it. A nil Option is skipped. Where an option is given twice, the last
// counts.
type Option interface{ apply(*config) }

type optionFunc func(*config)

func (f optionFunc) apply(c *config) { f(c) }

// WithFormat sets how the key is written: [Bare] or [Quoted]. The default is
// Bare. It applies to the keys of [WithGenerator] too, which must come without
// quotes. Where it is given twice, the last counts.
func WithFormat(f Format) Option {
	return optionFunc(func(c *config) { c.format = f })
}

// WithHeader sets the header that carries the key, in any case. It must be a
// token as of RFC 9110 §5.6.2, and free for a key: not one that net/http makes
// itself and would not send from here (Host, Content-Length), that a proxy takes
// away or writes (Connection, Forwarded), that tracing does (Traceparent), or that
// HTTP has another use for (Authorization, Content-Type). The default is
// [DefaultHeader].
//
// Net/http knows only Idempotency-Key and X-Idempotency-Key. For any other header
// the request is marked for it by an entry Idempotency-Key without values, which
// sends nothing; package retry is told of the key by the request's context, and
// retry layers that are not of this module know the mark at best. Both go for the
// caller's own key in that header as well. One in Idempotency-Key does not count
// then, since the service does not know it: the request gets one in this header
// as well. Where the option is given twice, the last counts.
func WithHeader(name string) Option {
	return optionFunc(func(c *config) { c.header = name })
}

// WithMethods sets the methods of the requests that get a key, in place of all
// that were set before. At least one is needed, and each must be a token as of
// RFC 9110 §5.6.2; methods are case-sensitive. The default is POST and PATCH,
// the ones that are not idempotent by themselves. Where the option is given
// twice, the last counts.
func WithMethods(methods ...string) Option {
	methods = slices.Clone(methods)
	return optionFunc(func(c *config) { c.methods = methods })
}

// WithGenerator sets the function that makes a key, in place of
// [crypto/rand.Text]. It must not be nil. It is called once for each call that
// gets a key, on the goroutine of that call and with no lock held, so it must
// be safe for concurrent use; a panic in it reaches the caller.
//
// A key has 1 to 255 characters of visible ASCII, without spaces. Where the
// function returns anything else, the call is sent without a key, as if the
// layer were not there: it is then not repeated, which is safe. An empty
// string is the way to say so on purpose; of all others the observer is told
// ([observe.Misconfigured]). The function must never return a key twice. Where
// the option is given twice, the last counts.
func WithGenerator(generate func() string) Option {
	return optionFunc(func(c *config) { c.generate = generate })
}

// WithObserver sets who is told of each key that is given
// ([observe.KeyAssigned]). The key itself is not told. The default, nil, is
// nobody. Where the option is given twice, the last counts.
func WithObserver(o observe.Observer) Option {
	return optionFunc(func(c *config) { c.observer = o })
}

// config is what New works from.
type config struct {
	format   Format
	header   string
	methods  []string
	generate func() string
	observer observe.Observer
}

func newConfig(opts []Option) config {
	cfg := config{
		header:   DefaultHeader,
		methods:  []string{http.MethodPost, http.MethodPatch},
		generate: rand.Text,
	}
	for _, opt := range opts {
		if opt != nil {
			opt.apply(&cfg)
		}
	}
	return cfg
}

// validate joins all mistakes.
func (c *config) validate() error {
	var errs []error
	fail := func(option string, value any, reason string) {
		errs = append(errs, &ConfigError{Package: "idempotency", Option: option, Value: value, Reason: reason})
	}
	if c.format > Quoted {
		fail("WithFormat", c.format, "the format must be Bare or Quoted")
	}
	if reason := unfit(c.header); reason != "" {
		fail("WithHeader", c.header, reason)
	}
	if len(c.methods) == 0 {
		fail("WithMethods", c.methods, "at least one method is needed")
	}
	for _, m := range c.methods {
		if !isToken(m) {
			fail("WithMethods", m, "a method must be a token")
		}
	}
	if c.generate == nil {
		fail("WithGenerator", nil, "the function must not be nil")
	}
	return errors.Join(errs...)
}
