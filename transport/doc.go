// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Package transport builds the whole stack: an [http.RoundTripper] that sends
// again what may safely be sent again, leaves a host alone that is down, and
// keeps everything else as it was.
//
//	t, err := transport.New(nil)
//	if err != nil {
//		return err
//	}
//	client := &http.Client{Transport: t}
//
// [Wrap] does the same for a client that exists already.
//
// # The layers
//
// From the caller to the network, and why in this order:
//
//	per-call middleware    sees a call once
//	total timeout          bounds all attempts and waits      off by default
//	idempotency keys       one key for all attempts           off by default
//	retry                  decides about another attempt
//	hedging                a second attempt beside a late one off by default
//	limit                  no more than the host can take     off by default
//	breaker                every attempt counts, and an open circuit costs none
//	attempt timeout        bounds one attempt                 off by default
//	per-attempt middleware signs, traces, refreshes a token, for each attempt
//	base                   http.DefaultTransport, or yours
//
// The order is fixed; [Transport.String] prints what is there. The breaker is
// inside of retry so that each attempt is counted and a circuit that opens
// ends the retries; idempotency keys are outside of it so that all attempts
// carry the same one.
//
// # Defaults
//
//	attempts               4, the first included           retry.WithMaxAttempts
//	waits                  125 ms doubled, ±50 %, ≤ 20 s   retry.WithBackoff
//	budget                 10 tokens a key and a fifth of  retry.WithBudget
//	                       the last 10 s' successes,
//	                       +0.1 a success
//	Retry-After            waited for up to 60 s           retry.WithRetryAfterLimit
//	circuit opens          80 % of ≥ 20 in 10 s            breaker.WithFailureRatio, …
//	circuit stays open     1 s, then 3 probes one by one   breaker.WithOpenFor, …
//	timeouts               none                            WithAttemptTimeout, WithTotalTimeout
//	keys kept              10 000                          breaker.WithMaxKeys, retry.WithMaxKeys
//	fleet                  none                            WithFleet
//
// [Payments] and [Streaming] are lists of options for two kinds of services, and
// [Options] makes another.
//
// # What it never does
//
// It never repeats a POST or PATCH that may have reached a server, unless an
// idempotency key or the caller says that it may. It never makes an error of a
// status code, buffers a body that it was not asked to, changes the caller's
// request, or gives away an answer before another is certain to be asked for.
package transport
