// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package rivals

import (
	"net/http"
	"time"

	"github.com/failsafe-go/failsafe-go/adaptivelimiter"
	"github.com/failsafe-go/failsafe-go/failsafehttp"
	"github.com/failsafe-go/failsafe-go/hedgepolicy"
)

// FailsafeLimited is failsafe with its adaptive limiter instead of a breaker. It
// is not in [All]: what it does shows only in a storm.
func FailsafeLimited() Rival {
	build := func(base http.RoundTripper, t Tuning) (http.RoundTripper, error) {
		retry := failsafePolicyBuilder(t.filled()).AbortOnErrors(adaptivelimiter.ErrExceeded).Build()
		return &perHost{build: func() http.RoundTripper {
			return failsafehttp.NewRoundTripper(base, retry, adaptivelimiter.NewWithDefaults[*http.Response]())
		}}, nil
	}
	return Rival{
		Name: "failsafe: retry + limiter", Module: failsafeModule,
		Notes:   "A retry policy around an adaptive limiter with its defaults, for each host. What the limiter rejects is not retried: that does better than the other way.",
		Retries: true, Cancellable: true,
		Documented: func(base http.RoundTripper) (http.RoundTripper, error) { return build(base, Tuning{}) },
		Tuned:      build,
	}
}

// FailsafeLimiter is the adaptive limiter alone, one for each host.
func FailsafeLimiter() Rival {
	build := func(base http.RoundTripper) (http.RoundTripper, error) {
		return &perHost{build: func() http.RoundTripper {
			return failsafehttp.NewRoundTripper(base, adaptivelimiter.NewWithDefaults[*http.Response]())
		}}, nil
	}
	return Rival{
		Name: "failsafe: limiter", Module: failsafeModule,
		Notes:       "An adaptive limiter with its defaults for each host, and no retries.",
		Cancellable: true,
		Documented:  build,
		Tuned:       func(base http.RoundTripper, _ Tuning) (http.RoundTripper, error) { return build(base) },
	}
}

// FailsafeHedged sends one hedge after the given delay, and does nothing else.
func FailsafeHedged(base http.RoundTripper, after time.Duration) http.RoundTripper {
	return failsafehttp.NewRoundTripper(base, hedgepolicy.NewWithDelay[*http.Response](after))
}
