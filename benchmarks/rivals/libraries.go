// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package rivals

import (
	"net/http"
	"time"

	"github.com/PuerkitoBio/rehttp"
	"github.com/cristalhq/hedgedhttp"
	"github.com/hashicorp/go-retryablehttp"
)

func retryableHTTP() Rival {
	build := func(base http.RoundTripper, adjust func(*retryablehttp.Client)) (http.RoundTripper, error) {
		c := retryablehttp.NewClient()
		c.HTTPClient = &http.Client{Transport: base}
		c.Logger = nil
		adjust(c)
		return &retryablehttp.RoundTripper{Client: c}, nil
	}
	return Rival{
		Name: "go-retryablehttp", Module: "github.com/hashicorp/go-retryablehttp",
		Notes: "`RoundTripper` around `NewClient()`: 5 attempts, 1 s doubled to 30 s. " +
			"The logger, which prints two lines a call by default, is off.",
		Retries: true, Cancellable: true,
		Documented: func(base http.RoundTripper) (http.RoundTripper, error) {
			return build(base, func(*retryablehttp.Client) {})
		},
		Tuned: func(base http.RoundTripper, t Tuning) (http.RoundTripper, error) {
			t = t.filled()
			return build(base, func(c *retryablehttp.Client) {
				c.RetryMax = t.Attempts - 1
				c.RetryWaitMin, c.RetryWaitMax = t.Wait, t.MaxWait
			})
		},
	}
}

func reHTTP() Rival {
	return Rival{
		Name: "rehttp", Module: "github.com/PuerkitoBio/rehttp",
		Notes: "As its example: 3 retries of temporary errors, 1 s apart. " +
			"Tuned, it retries every error and 5XX; it knows nothing of methods unless told.",
		Retries: true, Cancellable: true,
		Documented: func(base http.RoundTripper) (http.RoundTripper, error) {
			return rehttp.NewTransport(base,
				rehttp.RetryAll(rehttp.RetryMaxRetries(3), rehttp.RetryTemporaryErr()),
				rehttp.ConstDelay(time.Second)), nil
		},
		Tuned: func(base http.RoundTripper, t Tuning) (http.RoundTripper, error) {
			t = t.filled()
			delay := rehttp.ConstDelay(t.Wait)
			if t.Wait != t.MaxWait {
				delay = rehttp.ExpJitterDelay(t.Wait, t.MaxWait)
			}
			return rehttp.NewTransport(base,
				rehttp.RetryAll(rehttp.RetryMaxRetries(t.Attempts-1), func(a rehttp.Attempt) bool {
					return failed(a.Response, a.Error)
				}),
				delay), nil
		},
	}
}

func hedgedHTTP() Rival {
	const upto = 7 // of its example
	return Rival{
		Name: "hedgedhttp", Module: "github.com/cristalhq/hedgedhttp",
		Notes: "As its example: up to 7 requests, 10 ms apart. It hedges and does not retry. " +
			"Tuned, it makes the attempts of the others, a second apart, so that no hedge is ever sent here.",
		Hedges: true, Cancellable: true,
		Documented: func(base http.RoundTripper) (http.RoundTripper, error) {
			return hedgedhttp.NewRoundTripper(10*time.Millisecond, upto, base)
		},
		Tuned: func(base http.RoundTripper, t Tuning) (http.RoundTripper, error) {
			return hedgedhttp.NewRoundTripper(time.Second, t.filled().Attempts, base)
		},
	}
}
