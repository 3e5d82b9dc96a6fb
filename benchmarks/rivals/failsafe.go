// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package rivals

import (
	"net/http"
	"sync"

	"github.com/failsafe-go/failsafe-go/circuitbreaker"
	"github.com/failsafe-go/failsafe-go/failsafehttp"
	"github.com/failsafe-go/failsafe-go/retrypolicy"
)

const failsafeModule = "github.com/failsafe-go/failsafe-go"

func failsafeRetry() Rival {
	return Rival{
		Name: "failsafe: retry", Module: failsafeModule,
		Notes:   "`failsafehttp.NewRetryPolicyBuilder()`: 3 attempts with no wait between them.",
		Retries: true, Cancellable: true,
		Documented: func(base http.RoundTripper) (http.RoundTripper, error) {
			return failsafehttp.NewRoundTripper(base, failsafehttp.NewRetryPolicyBuilder().Build()), nil
		},
		Tuned: func(base http.RoundTripper, t Tuning) (http.RoundTripper, error) {
			return failsafehttp.NewRoundTripper(base, failsafePolicy(t.filled())), nil
		},
	}
}

func failsafeBoth() Rival {
	return Rival{
		Name: "failsafe: retry + breaker", Module: failsafeModule,
		Notes: "The same around a circuit breaker for each host, which one `sync.Map` look-up finds. " +
			"By default a circuit opens at its first failure, for a minute.",
		Retries: true, Breaks: true, Cancellable: true,
		Documented: func(base http.RoundTripper) (http.RoundTripper, error) {
			retry := failsafehttp.NewRetryPolicyBuilder().Build()
			return &perHost{build: func() http.RoundTripper {
				return failsafehttp.NewRoundTripper(base, retry, circuitbreaker.NewWithDefaults[*http.Response]())
			}}, nil
		},
		Tuned: func(base http.RoundTripper, t Tuning) (http.RoundTripper, error) {
			t = t.filled()
			retry := failsafePolicy(t)
			return &perHost{build: func() http.RoundTripper {
				return failsafehttp.NewRoundTripper(base, retry, failsafeBreaker(t))
			}}, nil
		},
	}
}

func failsafePolicy(t Tuning) retrypolicy.RetryPolicy[*http.Response] {
	return failsafePolicyBuilder(t).Build()
}

func failsafePolicyBuilder(t Tuning) retrypolicy.Builder[*http.Response] {
	b := failsafehttp.NewRetryPolicyBuilder().WithMaxAttempts(t.Attempts)
	if t.Wait == t.MaxWait {
		return b.WithDelay(t.Wait)
	}
	return b.WithBackoff(t.Wait, t.MaxWait).WithJitterFactor(0.5)
}

func failsafeBreaker(t Tuning) circuitbreaker.CircuitBreaker[*http.Response] {
	return circuitbreaker.NewBuilder[*http.Response]().
		HandleIf(failed).
		WithFailureRateThreshold(t.FailureRatio, uint(t.MinRequests), t.Window).
		WithDelay(t.OpenFor).
		WithSuccessThreshold(uint(t.Probes)).
		Build()
}

// perHost keeps one RoundTripper for each host, for ever. Policies of failsafe
// are not kept per key, so this is what its user has to write.
type perHost struct {
	build func() http.RoundTripper
	hosts sync.Map // of http.RoundTripper
}

func (p *perHost) RoundTrip(req *http.Request) (*http.Response, error) {
	if rt, ok := p.hosts.Load(req.URL.Host); ok {
		return rt.(http.RoundTripper).RoundTrip(req) //nolint:errcheck // nothing else is in there
	}
	rt, _ := p.hosts.LoadOrStore(req.URL.Host, p.build())
	return rt.(http.RoundTripper).RoundTrip(req) //nolint:errcheck // nothing else is in there
}
