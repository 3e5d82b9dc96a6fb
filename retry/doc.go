// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Package retry sends a request again when that is safe, when it helps, and
// when there is time for it, and otherwise hands over exactly what the last
// attempt gave. It is one layer around an [http.RoundTripper].
//
//	r, err := retry.New()
//	if err != nil {
//		return err
//	}
//	client := &http.Client{Transport: r.Wrap(nil)}
//
// # When a request is sent again
//
// The outcome must be worth it: package classify calls it Retryable. Then one
// of these must make it safe:
//
//   - the method is GET, HEAD, OPTIONS, TRACE, PUT, DELETE or QUERY;
//   - the request carries an Idempotency-Key or X-Idempotency-Key. As in
//     net/http, an empty list of values marks a request that sends none; a
//     value that is blank is no key;
//   - the caller says so by [Idempotent];
//   - there is proof that no server got any of it: no connection could be made,
//     or one of HTTP/2 that goes away will not look at it. A connection that
//     broke is no proof, whatever was written to it, nor is a stream that was
//     refused;
//   - the answer is 421 Misdirected Request: once, on a fresh connection.
//
// Everything else is sent once. 409 Conflict is tried again where an earlier
// attempt of the call may have arrived and carried a key: the server is then
// at work on that one. [Never] and a response with x-should-retry: false (or
// Stripe-Should-Retry) stand above all of this.
//
// The body must be there again as well: there is none, it has GetBody, or it
// fits into [WithBodyBuffer].
//
// # How long it waits
//
//	                before attempt 2   3             4
//	by default      50 to 150 ms       100 to 300    200 to 600
//	throttled       0.5 to 1.5 s       1 to 3        2 to 6
//
// Throttled is 429, and 503 with a Retry-After. Waits are never over 20 s, but
// for a Retry-After: that is a minimum, to which up to a tenth is added at
// random, and no more than a second. [WithBackoff] and [WithSchedule] change
// the rest.
//
// # What stops it
//
// The reasons are those of [observe.RetrySuppressed], and what the last attempt
// gave is handed over at once.
//
//	never            retry.Never
//	veto             the server forbids it
//	not_idempotent   it could do its work twice
//	max_attempts     4, the first included; a second 421
//	nested           a retry layer further out is sending this call again
//	retry_after      the server asks for more than a minute
//	schedule         the policy of WithSchedule ends
//	deadline         the wait would pass the context's deadline, or the caller
//	                 has given up
//	body             it cannot be had again
//	open             the attempt was made and a circuit had opened meanwhile
//	budget           10 tokens for each key (scheme, host and port), and in
//	                 a stack with a breaker a fifth of the successes of the
//	                 last 10 s: a retry takes one, which comes back when it is
//	                 answered; every answer puts back 0.1
//	open             a circuit beneath opened during the wait: the outcome
//	                 before it is handed over, and not the rejection, which
//	                 would say that nothing was sent
//
// A caller who gives up during a wait gets [context.Cause] at once.
//
// # Bounds
//
// A discarded response is read to its end, so that its connection is used
// again: in the background, 64 KiB at most, and no longer than the wait. It is
// closed in any case, and one that stalls delays nothing. At most 10 000
// budgets are kept; see [WithMaxKeys]. The only goroutines are those that
// drain and close.
//
// Attempts multiply where calls do: each hop of a redirect is a call of its
// own, since http.Client follows them outside of this layer. Two retry layers
// around each other make 7 attempts, not 16, as long as nothing between them
// changes method or URL; one is enough.
//
// # What it never does
//
// It never makes an error of a status code nor changes an error, never returns
// a response and an error, never writes to the caller's request, never buffers
// a body unasked and never reads one ahead, and never gives an answer away
// before everything that another attempt needs is at hand.
//
// A [Retrier] and the layers it makes are safe for concurrent use. A call
// that needs no second attempt costs no allocation.
package retry
