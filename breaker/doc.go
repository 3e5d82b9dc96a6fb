// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Package breaker stops sending to a host that is down, and finds it again
// within seconds of its return. It is one layer around an [http.RoundTripper]
// and keeps one circuit for each key, by default scheme, host and port.
//
//	b, err := breaker.New()
//	if err != nil {
//		return err
//	}
//	client := &http.Client{Transport: b.Wrap(nil)}
//
// # When a circuit opens
//
// A failure opens the circuit if at least 80 % of at least 20 outcomes in the
// last 10 seconds are failures, or if 20 outcomes in a row were, over a second
// or more, however slowly they came. What package classify calls Retryable is a
// failure: a 5XX, a connection that fails, an attempt that times out, be it by
// the caller's deadline, and a response body that breaks while it is read. These
// are not:
//
//   - a 4XX, which is a healthy server's answer, except for 408, 421 and 425;
//   - 429, which is a healthy server's request for patience (but a probe that
//     gets it has failed);
//   - a call or a body that its caller gave up, and a call that never left the
//     client because a name did not exist or a request was malformed: they say
//     nothing of the server and count as nothing;
//   - a request body that cannot be read, whatever its reader's error: a body
//     without GetBody is watched for that.
//
// # What happens then
//
// An open circuit rejects at once, with an [*OpenError] that tells how long
// it will go on; the request's body is closed and nothing is sent. After a
// second one probe at a time is let through. A Retry-After makes it longer, by
// at most a minute: to all of it where the answer is 429, and to a fifth of it
// where the server has failed, because it may be back before it expects to be.
// Three good ones in a row close the circuit and its window starts anew; a bad
// one opens it again. A probe whose caller gives up counts for nothing and frees
// its place, and so does one that panics. One that has not come back after the
// length of the window, or after a minute if that is less, no longer keeps others
// from probing.
//
// # By hand
//
// [Breaker.ForceOpen] takes a host away, before maintenance or when it does
// harm, and [Breaker.ForceClosed] keeps it although it fails. Both last until
// [Breaker.Reset], which also closes a circuit that has opened by itself.
//
// # In a fleet
//
// Processes that call the same hosts can share what their circuits know, by
// [WithFleet]. Where enough of them find that a host fails, the circuits of all
// open, those included that have seen nothing of it yet; and while they are open,
// a process probes only on a lease. Three good probes of one close the circuits
// of all. A circuit whose last attempt has succeeded, within the last two or
// three seconds, trusts that more: it opens with the others at its first failure.
//
// A circuit tells the fleet of three failures in a row, and of the first success
// after them; that it has opened by itself, that a probe has failed or was good,
// and that probes have closed it. It does not tell what the fleet has told it, nor
// what was done by hand, and a circuit that somebody has forced does not listen.
// No call ever waits for the fleet: a word of it is good for a few seconds, and a
// circuit that hears nothing more goes on as if it were alone.
//
// # What it costs
//
// While a circuit is closed, an attempt costs a look-up and one atomic
// addition, and one in eight, at a busy host, a reading of the clock: no lock,
// no allocation, and no more in a fleet. Bodies are watched in every sixteenth
// response, and in all of them for as long as the window holds a failure; a
// watched body costs two small allocations. An open circuit rejects without a
// lock.
//
// # Bounds
//
// At most 10 000 circuits are kept, of about 450 bytes each and 350 more once
// they have opened; see [WithMaxKeys]. The layer starts no goroutine and no
// timer. It does not bound how long an attempt or a body takes: a host that
// never answers opens its circuit only if something else gives attempts up.
//
// The states open and half-open and the counting of probes belong to
// github.com/sony/gobreaker/v2, one instance for each circuit that has ever
// opened.
package breaker
