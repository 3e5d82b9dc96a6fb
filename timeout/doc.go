// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Package timeout bounds the time that a server takes to begin its answer. The
// clock runs from the call of RoundTrip to the headers of the response; it
// never cuts a body short. That is what [http.Client.Timeout] and a context
// made by [context.WithTimeout] cannot do: theirs run on while the body is
// read, so that a limit fit to find a dead server also ends every long
// download.
//
//	limit, err := timeout.New(2 * time.Second)
//	if err != nil {
//		return err
//	}
//	client := &http.Client{Transport: limit.Wrap(http.DefaultTransport)}
//
// # Placement
//
// Inside a retry layer the limit holds for each attempt, and a slow attempt is
// given up while there is time for another. Outside of it the limit holds for
// the whole call with all its attempts and waits; say so by [WithTotal], which
// shows in the text of the error. Both may be used at once. The layers between
// see the limit as the deadline of the request's context, so that a retry
// layer can stop before a wait that the limit would cut short.
//
// # What the layers below see
//
// The request that goes down is a shallow copy; only its context is new. Until
// the headers arrive that context has the limit as its deadline, and ends at
// it with [context.DeadlineExceeded] and an [*Error] as its cause. From the
// headers on it has the caller's deadline, or none. It is released, which ends
// it with [context.Canceled], when the body has been read to its end, when
// reading it fails, when it is closed, and at once where the response has no
// body. Contexts derived from it end with it, those of net/http among them,
// and [context.Cause] tells why; their own Err is always context.Canceled, as
// that of contexts below one of [context.WithCancelCause].
//
// A context that a layer below derives by [context.WithTimeout] while the
// clock runs keeps no deadline of its own if it lies beyond the limit.
//
// # What the caller sees
//
// Where the limit passes, an *Error, which is [context.DeadlineExceeded] to
// [errors.Is] and a timeout to [net.Error]. In every other case exactly what
// the next layer returned: the caller's own cancellation and deadline pass
// through untouched, and where the caller's deadline is not after the limit
// the layer steps aside altogether. A response that comes in the instant in
// which the limit passes is handed over if nobody below has been told of the
// end yet, and is closed otherwise.
//
// As with net/http, a body that is neither read to its end nor closed keeps
// what belongs to it; no timer and no goroutine of this package is among that.
package timeout
