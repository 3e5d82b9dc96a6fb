// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package classify

import (
	"net/http"
	"time"
)

// classifier is read-only once it is made, and so safe for concurrent use.
type classifier struct {
	classes statusTable
	codes   map[int]map[string]Class // status, then code; nil unless asked for
}

// defaults is read-only.
var defaults = &classifier{classes: defaultStatuses()} //nolint:gochecknoglobals // a constant table

// Default returns the classifier described in the package documentation. It
// is the same one at every call and safe for concurrent use.
func Default() Classifier { return defaults }

// New returns a [Classifier] that differs from [Default] as the options say.
// Nil options are skipped. The error joins a [*ConfigError] for every mistake;
// the Classifier is nil then. It is safe for concurrent use.
func New(opts ...Option) (Classifier, error) {
	cfg := newConfig(opts)
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	return cfg.build(), nil
}

// Classify implements [Classifier]. Req may be nil, and so may its URL. With
// neither a response nor an error there is nothing to say: the zero [Verdict].
// With both, which [http.Client.Do] returns when its redirect policy refuses,
// the error decides.
//
// The verdict is written field by field, here and below: the compiler passes a
// struct of five fields through memory, and to copy one costs more than all
// the rest of a success.
func (c *classifier) Classify(req *http.Request, resp *http.Response, err error) (v Verdict) {
	if err != nil {
		return ofError(req, resp, err)
	}
	if resp == nil {
		return v
	}
	class, reason := c.classes.of(resp.StatusCode), ReasonStatus
	if c.codes != nil {
		class, reason = c.ofBody(resp, class)
	}
	v.Class, v.Reason = class, reason
	if class == Retryable { // nobody waits after any other
		wait, asked := waitOf(resp)
		v.RetryAfter = wait
		v.Throttled = resp.StatusCode == http.StatusTooManyRequests ||
			asked && resp.StatusCode == http.StatusServiceUnavailable
	}
	return v
}

// waitOf returns the wait that a server asks for. Its rate limit fields count
// only beside a status that says that they are why: servers send them with
// every response.
func waitOf(resp *http.Response) (wait time.Duration, asked bool) {
	wait, asked = RetryAfter(resp)
	if !asked && (resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode == http.StatusServiceUnavailable) {
		return RateLimitWait(resp)
	}
	return wait, asked
}

// ofBody looks for a code that decides, and returns class if there is none.
func (c *classifier) ofBody(resp *http.Response, class Class) (Class, Reason) {
	if codes := c.codes[resp.StatusCode]; codes != nil {
		if class, ok := codes[peek(resp).found.code]; ok {
			return class, ReasonBodyCode
		}
	}
	return class, ReasonStatus
}
