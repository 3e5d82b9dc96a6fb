// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package chaos

import (
	"net/http"
	"runtime/debug"
	"time"

	"github.com/PuerkitoBio/rehttp"
	"github.com/failsafe-go/failsafe-go/failsafehttp"
	"github.com/hashicorp/go-retryablehttp"

	"github.com/surefoot-go/surefoot/retry"
	"github.com/surefoot-go/surefoot/transport"
)

// A Client is one way to send a payment.
type Client struct {
	// Name is what tables and flags call it.
	Name string
	// Module is the path of the module that it rests on, if any.
	Module string
	// Notes say how it is set up.
	Notes string
	// Ours says that the promises of this module are about it.
	Ours bool
	// Unlimited says that nothing but its attempts limits its retries, so that
	// every call that can be completed must be.
	Unlimited bool

	// build makes the client of one host. The base gives up on an answer after
	// [AttemptTimeout], except where the client is Ours and does so itself.
	build func(base *http.Transport, keys bool) (http.RoundTripper, error)
}

// Clients returns all of them, in the order of tables.
func Clients() []Client {
	return []Client{
		{
			Name: "surefoot", Module: "github.com/surefoot-go/surefoot", Ours: true,
			Notes: "`transport.New(base, WithAttemptTimeout(3s))`: the default stack; with keys, `WithIdempotencyKeys()`.",
			build: surefoot(),
		},
		{
			Name: "surefoot-unlimited", Module: "github.com/surefoot-go/surefoot", Ours: true, Unlimited: true,
			Notes: "The same with `retry.WithoutBudget()` and `WithoutBreaker()`, so that nothing but its four attempts limits it.",
			build: surefoot(transport.WithRetry(retry.WithoutBudget()), transport.WithoutBreaker()),
		},
		{
			Name: "bare", Notes: "`http.Client` with an `http.Transport`.",
			build: func(base *http.Transport, _ bool) (http.RoundTripper, error) { return base, nil },
		},
		{
			Name: "go-retryablehttp", Module: "github.com/hashicorp/go-retryablehttp",
			Notes: "`RoundTripper` around `NewClient()`: 5 attempts, 1 s doubled; its logger is off.",
			build: retryable,
		},
		{
			Name: "failsafe-go", Module: "github.com/failsafe-go/failsafe-go",
			Notes: "`failsafehttp.NewRetryPolicyBuilder()`: 3 attempts, no wait.",
			build: func(base *http.Transport, _ bool) (http.RoundTripper, error) {
				policy := failsafehttp.NewRetryPolicyBuilder().Build() //nolint:bodyclose // there is no response yet
				return failsafehttp.NewRoundTripper(base, policy), nil
			},
		},
		{
			Name: "rehttp", Module: "github.com/PuerkitoBio/rehttp",
			Notes: "As its example: 3 retries, 1 s apart, of temporary errors; and of 5XX.",
			build: func(base *http.Transport, _ bool) (http.RoundTripper, error) {
				return rehttp.NewTransport(base, rehttp.RetryAll(rehttp.RetryMaxRetries(3),
					rehttp.RetryAny(rehttp.RetryTemporaryErr(), rehttp.RetryStatusInterval(500, 600))),
					rehttp.ConstDelay(time.Second)), nil
			},
		},
	}
}

// Find returns the client of that name.
func Find(name string) (Client, bool) {
	for _, c := range Clients() {
		if c.Name == name {
			return c, true
		}
	}
	return Client{}, false
}

func surefoot(opts ...transport.Option) func(*http.Transport, bool) (http.RoundTripper, error) {
	return func(base *http.Transport, keys bool) (http.RoundTripper, error) {
		all := append([]transport.Option{transport.WithAttemptTimeout(AttemptTimeout)}, opts...)
		if keys {
			all = append(all, transport.WithIdempotencyKeys())
		}
		return transport.New(base, all...)
	}
}

func retryable(base *http.Transport, _ bool) (http.RoundTripper, error) {
	c := retryablehttp.NewClient()
	c.HTTPClient = &http.Client{Transport: base}
	c.Logger = nil
	return &retryablehttp.RoundTripper{Client: c}, nil
}

// Version returns the version of the module that the client rests on, from
// what the linker recorded.
func (c Client) Version() string {
	if c.Module == "" {
		return ""
	}
	return moduleVersion(c.Module)
}

func moduleVersion(path string) string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, m := range info.Deps {
		switch {
		case m.Path != path:
		case m.Replace != nil:
			return "this tree"
		default:
			return m.Version
		}
	}
	return ""
}
