// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package rivals

import (
	"net/http"

	"github.com/surefoot-go/surefoot/breaker"
	"github.com/surefoot-go/surefoot/retry"
	"github.com/surefoot-go/surefoot/transport"
)

const surefootModule = "github.com/surefoot-go/surefoot"

// Surefoot is the default stack in the form of a rival, for lists that hold
// both. It is not in [All]. Tuned, only what the case asks for differs from
// its defaults: a zero field of the [Tuning] leaves surefoot's own.
func Surefoot() Rival { return SurefootWith("surefoot") }

// SurefootWith is [Surefoot] with options.
func SurefootWith(name string, opts ...transport.Option) Rival {
	return Rival{
		Name: name, Module: surefootModule,
		Notes:   "`transport.New(base)`: the default stack.",
		Retries: true, Breaks: true, Cancellable: true,
		Documented: func(base http.RoundTripper) (http.RoundTripper, error) {
			return transport.New(base, opts...)
		},
		Tuned: func(base http.RoundTripper, t Tuning) (http.RoundTripper, error) {
			return transport.New(base, append(tuneSurefoot(t), opts...)...)
		},
	}
}

func tuneSurefoot(t Tuning) []transport.Option {
	var opts []transport.Option
	if t.Attempts > 0 {
		opts = append(opts, transport.WithRetry(retry.WithMaxAttempts(t.Attempts)))
	}
	if t.Wait > 0 {
		opts = append(opts, transport.WithRetry(retry.WithBackoff(t.Wait, max(t.Wait, t.MaxWait))))
	}
	return append(opts, transport.WithBreaker(tuneBreaker(t)...))
}

func tuneBreaker(t Tuning) []breaker.Option {
	var opts []breaker.Option
	if t.FailureRatio > 0 {
		opts = append(opts, breaker.WithFailureRatio(t.FailureRatio))
	}
	if t.MinRequests > 0 {
		opts = append(opts, breaker.WithMinRequests(t.MinRequests))
	}
	if t.Window > 0 {
		opts = append(opts, breaker.WithWindow(t.Window))
	}
	if t.OpenFor > 0 {
		opts = append(opts, breaker.WithOpenFor(t.OpenFor, t.OpenFor))
	}
	if t.Probes > 0 {
		opts = append(opts, breaker.WithProbes(t.Probes))
	}
	return opts
}
