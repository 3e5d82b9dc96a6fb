// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Package hedge cuts the tail of latencies: where the answer to a request is
// later than nearly all others were, a second attempt, the hedge, is sent
// beside the first, and the better answer wins. It is one layer around an
// [http.RoundTripper].
//
//	h, err := hedge.New()
//	if err != nil {
//		return err
//	}
//	client := &http.Client{Transport: h.Wrap(nil)}
//
// It belongs beneath retries, so that it sees attempts, and above limits and
// circuits, so that they see both. It helps where a few answers are slow by
// chance (a pause, a queue, a lost packet), and not where the server is slow:
// then it steps back; see Budget.
//
// # What is hedged
//
// GET, HEAD, OPTIONS, TRACE and QUERY, the safe methods (RFC 9110 §9.2.1, RFC
// 10008), with no body or one that has GetBody. Never anything else: no other
// method whatever keys it carries, no upgrade, no request for text/event-stream,
// none with trailers, none whose context is from [Never] or from that of package
// retry, and no hedge. Those
// are handed on as they are. Requests that wait at the server by design, such as
// a long poll, need [Never].
//
// # When
//
// After the time in which 96.8 % of the answers of the key came, and a
// millisecond at least; [WithQuantile] and [WithMinDelay] change that, and
// [WithDelay] sets a fixed time. Until a key has given 160 answers (112 for
// quantiles up to 0.95, 512 for 0.99) nothing is hedged.
//
// The times are counted in a histogram whose weights decay: of the last 2000,
// an estimate is off by less than a sixteenth, and by about a hundredth as a
// rule. A time is that of a first attempt to its response's headers, if it was
// an answer; and so far as it is known, of one that was late and lost, failed or
// was given up. Were those left out, the delay would sink.
//
// # Who wins
//
// The first answer: any response that package classify does not call Retryable,
// a 4XX too. Trouble, an error or a 5XX, waits for the other attempt. If that is
// in trouble as well, the caller gets the first attempt's: it is what would
// have come without this layer. An attempt that hangs is waited for as long as
// the caller's context lets it, or an attempt timeout beneath.
//
// The loser's context is canceled with the cause [ErrLost], which is
// [context.Canceled] to everybody who looks, so that circuits do not count it.
// On HTTP/1 that costs its connection. A response in trouble that nobody wants
// is read to its end, so that its connection can be used again: in the
// background, 64 KiB and one second at most. The winner's context lives until
// its body is read to the end or closed.
//
// # Budget
//
// A hedge takes a token from the budget of its key, and keeps it though it
// wins: there are 10 at first, and a tenth more for each call that is answered.
// So over time no more than a tenth of the calls are hedged, and none while
// nothing is answered. One that a circuit or a limit beneath refuses costs
// nothing. Package transport has retries pay from the same budget; hedges leave
// half of that to them, because a retry saves a call and a hedge some time.
//
//	reasons of observe.HedgeSuppressed
//	budget      there was no token
//	deadline    it is nearer than the time that half of the answers take
//	canceled    the caller is gone
//	body        GetBody failed
//
// # Cost
//
// A request that is not hedged by its kind, or while a key is learned, costs no
// allocation. After that each attempt runs on a goroutine of its own: about
// 15 allocations and 2 to 3 µs, and twice that with a hedge. To run the first on
// the goroutine of the caller would save two thirds of it. But then the hedge's
// answer had to wait until the first attempt has returned, which a base or
// middleware that does not listen to its context makes late, for just the calls
// that are late already.
//
// A panic of either attempt comes to the caller's goroutine with its value, and
// so does [runtime.Goexit]. The panic of an attempt that has lost by then is
// dropped: there is nobody left who could catch it.
//
// At most 10 000 keys are kept, see [WithMaxKeys], of about 1.6 KB each. There
// is a goroutine for each attempt until it returns, and for each response that
// is drained or closed.
//
// # What it never does
//
// It never sends more than one hedge, never waits for a loser, never writes to
// the caller's request nor shares its headers or URL with an attempt, never
// returns a response and an error, never changes an error, and never reads a
// request's body ahead.
//
// A [Hedger] and the layers it makes are safe for concurrent use.
package hedge
