// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Package limit keeps a client from sending more to a host than it can take.
// It is one layer around an [http.RoundTripper], and keeps a limit and a
// cool-down for each key, by default scheme, host and port.
//
//	l, err := limit.New()
//	if err != nil {
//		return err
//	}
//	client := &http.Client{Transport: l.Wrap(nil)}
//
// In a stack it stands below the layers that send again, and outside of the
// circuit breaker: a rejection costs no budget and is no failure of the host.
//
// # The adaptive limit
//
// It is on by default, see [WithAdaptive], and sleeps until there is a sign of
// too much load: 429, 503, a refused connection, an attempt that timed out, or
// three answers in a row that took twice as long as usual and 50 ms more. Then
// the key is awake: its attempts are counted and timed, and nothing else yet.
//
// A limit comes into force when ten answers in a row, or half of those under
// way if that is more, are that late, and all by about as much: a queue does
// that. One quick answer among them shows that none has built up, and some that
// took twice as long as others that it is the work that takes longer. So a few
// slow calls are no reason, and nor are 503s and refused connections that come
// quickly. It also comes into force when none of eight was good, and when a
// quarter of them were 429. The limit begins with seven tenths of what was
// under way, and then goes down with each such window and up where answers are
// in time.
//
// Answers become slow for other reasons, too. So a limit is on trial first:
// attempts wait longer before they are rejected, and where fewer at a time do
// not make answers quicker, what they take is the new usual, and the limit is
// gone within four seconds, or a few answers' time where that is longer. One
// that seemed to help is looked at each eight seconds, and goes if answers
// take much longer than usual all the same. Work of many steps that takes some
// six times as long can cost a twentieth of a minute's calls until then, and an
// eighth or more at worst.
// Answers that are very late all of a sudden, and not more and more, are not
// taken for a queue.
//
// After ten seconds without a sign, and with the limit out of reach, the key
// sleeps again.
//
// # The fixed limit
//
// [WithMaxInFlight] bounds attempts and bodies together, always: an attempt
// gives its place back at the end of its response's body. Under the adaptive
// limit it does so at the headers, since that is the time that is measured,
// and since streams that never end would otherwise leave no place to anyone.
// The response to a protocol upgrade gives its place back at once: it is a
// connection now and no request any more.
//
// # Who waits, and who is rejected
//
// An attempt without a place waits for one, for a second at most ([WithMaxWait];
// after a cool-down up to a tenth longer, so that not all come as one)
// and under an adaptive limit no longer than an answer takes. At most a hundred
// wait ([WithMaxWaiting]). The newest goes first: under a load that stays,
// first come first served would make all of them late. [WithPriority] puts
// critical work first and background work last. A rejection is an [*Error];
// the request's body is closed and nothing was sent.
//
// # The cool-down
//
// When a server answers 429 or 503 and says for how long (Retry-After, or one
// of the rate limit fields that package classify knows), all attempts to its
// key respect that, for at most a minute: they wait if it is over in time, a
// little longer than asked so that they do not come as one, and are rejected
// at once otherwise. It is never made shorter. A server that fails, by 503,
// may be back before it expected to be: one attempt goes to it as a probe in a
// fifth of the time, or each second if that is longer, and a good answer ends
// the cool-down. One that answers 429 works, and gets none. A probe that asked the
// server nothing, since a circuit beneath refused it or its caller gave up, leaves
// its turn to another, a tenth of a second later. Those who wait are there to probe
// as well, and a good answer calls them, spread over half a second at most.
//
// In a fleet ([WithFleet]), what a server has asked enough of the processes for is
// asked of all. Each sends probes of its own to a server that fails, the first at
// a time of its own; and where one was good, the fleet does not bring the same
// cool-down back. Limits are not shared.
//
// # Defaults
//
//	fixed limit          none       WithMaxInFlight
//	adaptive limit       2 to 1000  WithAdaptive, WithoutAdaptive
//	wait for a place     1 s        WithMaxWait
//	waiters of a key     100        WithMaxWaiting
//	cool-down            to 1 min   WithoutCoolDown
//	fleet                none       WithFleet
//	keys                 10 000     WithMaxKeys
//
// # What it costs
//
// While all keys sleep, an attempt costs an atomic load and a random number:
// no lock, no look-up and no allocation. A few are timed, at most some 200 a
// second in all and no less than one in 256. While one is awake or cools down,
// and for a second or two more, attempts to all others cost a look-up. Attempts to
// a key that is awake take its lock twice. A fixed limit costs an allocation for each response
// that has a body. The layer starts no goroutine, and a timer only for those
// who wait.
package limit
