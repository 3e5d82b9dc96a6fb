// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package triptest

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/surefoot-go/surefoot/trip"
)

// A ConfigError reports an option that cannot be meant.
type ConfigError struct {
	// Option is the name of the option, or "wrap" for the middleware.
	Option string
	// Value is what it was given.
	Value any
	// Reason says what is wrong with that.
	Reason string
}

// Error returns the option, its value and the reason.
func (e *ConfigError) Error() string {
	return fmt.Sprintf("triptest: %s(%v): %s", e.Option, e.Value, e.Reason)
}

// skip is a clause that was left out, and why.
type skip struct{ name, reason string }

// headers is a set of header names that may differ.
type headers struct {
	any   bool
	names []string
}

func (h *headers) allow(names []string) {
	h.any = h.any || len(names) == 0
	for _, name := range names {
		h.names = append(h.names, http.CanonicalHeaderKey(name))
	}
}

func (h *headers) allowed(name string) bool {
	return h.any || slices.Contains(h.names, http.CanonicalHeaderKey(name))
}

type config struct {
	given           []string // options that declare something, by name
	attempts        int
	methods         []string
	rejection       error
	timeout         time.Duration
	keyHeader       string
	requestHeaders  headers
	responseHeaders headers
	compose         func(trip.Middleware) trip.Middleware
	skipped         []skip
	only            []string
	limit           time.Duration
	realClock       bool
}

func newConfig(wrap trip.Middleware, opts []Option) (*config, error) {
	if wrap == nil {
		return nil, &ConfigError{Option: "wrap", Value: nil, Reason: "there is nothing to check"}
	}
	c := &config{attempts: 1, limit: DefaultLimit, methods: []string{
		http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace, http.MethodPut, http.MethodDelete,
	}}
	for _, o := range opts {
		if o != nil {
			o.apply(c)
		}
	}
	if c.keyHeader != "" {
		c.requestHeaders.allow([]string{c.keyHeader})
	}
	return c, c.validate()
}

func (c *config) give(option string) { c.given = append(c.given, option) }

func (c *config) has(option string) bool { return slices.Contains(c.given, option) }

func (c *config) validate() error {
	var errs []error
	reject := func(option string, value any, reason string) {
		errs = append(errs, &ConfigError{Option: option, Value: value, Reason: reason})
	}
	if c.has("Retries") && c.attempts < 2 {
		reject("Retries", c.attempts, "attempts count the first, so that 2 is the least")
	}
	if len(c.methods) == 0 {
		reject("RetriesMethods", c.methods, "name at least one method")
	}
	for option, base := range map[string]string{"RetriesKeyed": "Retries", "CircuitPerHost": "Circuit"} {
		if c.has(option) && !c.has(base) {
			reject(option, nil, "says nothing without "+base)
		}
	}
	if c.has("TimesOut") && c.timeout <= 0 {
		reject("TimesOut", c.timeout, "must be positive")
	}
	if c.has("AddsKeys") && c.keyHeader == "" {
		reject("AddsKeys", c.keyHeader, "name the header")
	}
	if c.has("Composes") && c.compose == nil {
		reject("Composes", nil, "must not be nil")
	}
	if c.limit <= 0 {
		reject("Limit", c.limit, "must be positive")
	}
	c.validateNames(reject)
	return errors.Join(errs...)
}

func (c *config) validateNames(reject func(option string, value any, reason string)) {
	known := func(name string) bool {
		return slices.ContainsFunc(Clauses(), func(cl Clause) bool { return cl.Name == name })
	}
	for _, s := range c.skipped {
		if !known(s.name) {
			reject("Skip", s.name, "no clause has this name")
		}
		if s.reason == "" {
			reject("Skip", s.name, "a reason must be given")
		}
	}
	for _, name := range c.only {
		if !known(name) {
			reject("Only", name, "no clause has this name")
		}
	}
}

// excused says why a clause is not checked, or returns no status.
func (c *config) excused(cl Clause) (Status, string) {
	for _, s := range c.skipped {
		if s.name == cl.Name {
			return Skipped, s.reason
		}
	}
	switch {
	case cl.Needs != "" && !c.has(cl.Needs):
		return NotApplicable, "for wrappers declared with " + cl.Needs
	case cl.UnlessGiven != "" && c.has(cl.UnlessGiven):
		return NotApplicable, "not for wrappers declared with " + cl.UnlessGiven
	case cl.fakeClock && c.realClock:
		return Skipped, "takes too long on the real clock"
	}
	return 0, ""
}

// wants says whether Only leaves the clause in.
func (c *config) wants(cl Clause) bool {
	return len(c.only) == 0 || slices.Contains(c.only, cl.Name)
}
