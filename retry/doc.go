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
//   - the request carries an Idempotency-Key or X-Idempotency-Key, or a key in the
//     header that package idempotency was given. As in net/http, an empty list of
//     values marks a request that sends none; a value that is blank is no key;
//   - the caller says so by [Idempotent] or [IdempotentIf];
//   - there is proof that no server got any of it: no connection could be made,
//     or one of HTTP/2 that goes away will not look at it. A connection that
//     broke is no proof, whatever was written to it, nor is a stream that was
//     refused, nor a connection that could not be made after the base had one;
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
//	by default      63 to 188 ms       125 to 375    250 to 750
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
//	deadline         the wait would pass the context's deadline, or did
//	canceled         the caller has given up
//	body             it cannot be had again
//	budget           10 tokens for each key (scheme, host and port), and in
//	                 a stack with a breaker a fifth of the successes of the
//	                 last 10 s: a retry takes one, which comes back when it is
//	                 answered; every answer puts back 0.1
//	open             a circuit beneath opened during the wait: the outcome
//	                 before it is handed over, and not the rejection, which
//	                 would say that nothing was sent
//	limit, cool_down a limiter beneath refused the attempt: likewise
//
// A caller who gives up during a wait gets [context.Cause] at once.
//
// In the end a call gives what its last attempt gave. If that is an error which
// proves that nothing was sent, and an attempt of a POST or PATCH before it may have
// arrived, it gives what that one gave: whoever believed the proof would do the work
// again, under another key.
//
// # Bounds
//
// A discarded response is read to its end, so that its connection is used
// again, and so that it can be handed over after all: in the background, 64 KiB at
// most, and no longer than the wait, or 10 ms. It is
// closed in any case, and one that stalls delays nothing else. At most 10 000
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
// that needs no second attempt costs no allocation, but for a POST or PATCH that
// nothing but proof could let be repeated: six, where the base calls hooks that tell
// whether a connection was had ([WithConnTrace]).
package retry
