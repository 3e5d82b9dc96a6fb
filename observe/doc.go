// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Package observe carries events out of the layers to whoever wants to know:
// that a retry was made, that one was not made and why, that a circuit opened.
// Layers do not log and do not count; they hand an [Event] to an [Observer].
//
//	retries := observe.Func(func(e observe.Event) {
//		if e.Kind == observe.RetrySuppressed {
//			suppressed.WithLabelValues(e.Key, string(e.Reason)).Inc()
//		}
//	})
//	stack, err := transport.New(nil, transport.WithObserver(retries))
//
// An event is a plain value. Where nobody listens none is built, and one that
// is built is not allocated. [Join] makes one Observer of several; [NewZap]
// and [NewSlog] make one that logs.
//
// # Order
//
// The events of one call come in the order in which they happen, one at a
// time. A retry layer emits [AttemptFinished] for each attempt, after it
// [RetryScheduled] if there will be another and [RetrySuppressed] if there
// should be but will not, which can also come after RetryScheduled, when the
// caller gives up during the wait or a circuit opens in it, and at the end
// [CallFinished]. A transport without a retry layer emits the two for its only
// attempt; layers that are used without a transport do not. What a layer further
// in has to say of an attempt, such as [Rejected], comes before its
// AttemptFinished; [BodyFailed] comes after all else, because the caller reads
// the body after the call.
//
// There is no order between calls, but for this: the changes of one circuit are told
// in the order in which they happened and one at a time, and so are those of one
// limit together with its cool-downs. The last that came is the state that is, unless
// the next is on its way. An Observer that takes so long that 64 changes of one circuit
// wait for it misses the older ones. Counted changes can thus be too few; for the state
// at a moment ask the breaker.
//
// # Goroutines, locks and panics
//
// Observe runs on the goroutine of the call and delays it; there is no queue but
// for the changes of a circuit or a limit. Hand over to one of your own where you
// have to wait for something. No layer holds a lock meanwhile, so an Observer may
// call back into the stack, even send a request through it; it is then told of that
// request's events too, and has to know where to stop. A panic is caught and
// dropped, so an Observer cannot break a call. It can end its goroutine, by
// [runtime.Goexit], as [testing.T.FailNow] does: do not.
//
// # Secrets
//
// An event holds no header, no body and no query string. It does hold the
// context of the call, and the error as the caller sees it, whose text can
// hold anything: put Verdict.Reason into logs and labels instead, as the
// loggers here do. A key made by a function of yours is what you made it.
package observe
