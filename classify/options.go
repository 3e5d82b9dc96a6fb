// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package classify

import (
	"errors"
	"net/http"

	"github.com/surefoot-go/surefoot/trip"
)

// An Option changes what [New] makes. Options only record; New looks at all
// of them together.
type Option interface{ apply(*config) }

type optionFunc func(*config)

func (f optionFunc) apply(cfg *config) { f(cfg) }

// WithStatus gives the responses with status code a class: [Success],
// [Retryable] or [Terminal]. Code is 100 to 999. Without it, the table of the
// package documentation holds. A class that [WithBodyCode] finds in the body
// goes before it. If a code is given several times, the last one holds.
func WithStatus(code int, class Class) Option {
	return optionFunc(func(cfg *config) {
		cfg.statuses = append(cfg.statuses, statusRule{code, class})
	})
}

// WithBodyCode gives the responses with that status and with that error code
// in their body a class: [Success], [Retryable] or [Terminal]. Status is 400
// to 999, because reading ahead in a successful answer would hold up whoever
// streams it. Code is compared exactly, with the Code that [ErrorFrom] finds.
// By default no body is read. It can be given any number of times; if a status
// and code are given several times, the last one holds.
//
// The responses with such a status are held back until their first 64 KiB, or
// all of a shorter body, have come.
func WithBodyCode(status int, code string, class Class) Option {
	return optionFunc(func(cfg *config) {
		cfg.codes = append(cfg.codes, codeRule{status, code, class})
	})
}

// A ConfigError is a mistake in an option given to [New]. It is the same type
// in all packages of this module.
type ConfigError = trip.ConfigError

type config struct {
	statuses []statusRule
	codes    []codeRule
}

type statusRule struct {
	status int
	class  Class
}

type codeRule struct {
	status int
	code   string
	class  Class
}

func newConfig(opts []Option) *config {
	cfg := new(config)
	for _, opt := range opts {
		if opt != nil {
			opt.apply(cfg)
		}
	}
	return cfg
}

// validate joins every mistake, so that they are mended in one go.
func (cfg *config) validate() error {
	var mistakes []error
	check := func(ok bool, option string, value any, reason string) {
		if !ok {
			mistakes = append(mistakes, &ConfigError{Package: "classify", Option: option, Value: value, Reason: reason})
		}
	}
	for _, r := range cfg.statuses {
		check(r.status >= minStatus && r.status <= maxStatus,
			"WithStatus", r.status, "not a status code (100 to 999)")
		check(r.class.usable(), "WithStatus", r.class, badClass)
	}
	for _, r := range cfg.codes {
		check(r.status >= http.StatusBadRequest && r.status <= maxStatus,
			"WithBodyCode", r.status, "not the status code of an error (400 to 999)")
		check(r.code != "", "WithBodyCode", r.code, "no code at all")
		check(r.class.usable(), "WithBodyCode", r.class, badClass)
	}
	return errors.Join(mistakes...)
}

const badClass = "not a class that a response can have (Success, Retryable or Terminal)"

// usable reports whether a response can have the class. Unknown is for
// attempts that no server has answered.
func (c Class) usable() bool {
	return c == Success || c == Retryable || c == Terminal
}

func (cfg *config) build() *classifier {
	c := &classifier{classes: defaults.classes}
	for _, r := range cfg.statuses {
		c.classes[r.status] = r.class
	}
	for _, r := range cfg.codes {
		if c.codes == nil {
			c.codes = make(map[int]map[string]Class)
		}
		codes := c.codes[r.status]
		if codes == nil {
			codes = make(map[string]Class)
			c.codes[r.status] = codes
		}
		codes[r.code] = r.class
	}
	return c
}
