// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package timeout

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// An attempt is one send: the context of its request, the request itself, the
// body of its response, and the clock. They are one value so that they cost
// one allocation.
//
// As a context it starts nothing until somebody asks for Done: then it makes a
// context of the standard library, inner, beneath the caller's, and a timer
// that cancels inner. Value hands out what inner has, so that contexts derived
// from the attempt find inner and hang on to it directly: neither they nor the
// attempt need a goroutine. Bases and layers that never look at the context
// cost no timer.
//
// Lock order: the mutex of an attempt comes before everything of its parent,
// which may be an attempt too. Inner's own lock never leads back to here.
type attempt struct {
	parent   context.Context //nolint:containedctx // the attempt is a context
	timeout  *Timeout
	deadline time.Time
	req      http.Request
	body     io.ReadCloser

	started atomic.Bool // set once, after inner; lets readers skip mu

	mu     sync.Mutex
	phase  phase                   // guarded by mu
	err    error                   // guarded by mu; set once, the answer of Err
	fault  *Error                  // guarded by mu; set once, by expiry
	timer  *time.Timer             // guarded by mu
	inner  context.Context         //nolint:containedctx // guarded by mu until started
	cancel context.CancelCauseFunc // guarded by mu
}

// A phase is a stretch of an attempt's life. It only moves forward.
type phase uint8

const (
	waiting  phase = iota // for the headers; the clock runs
	reading               // the body; the clock is stopped
	released              // nothing of the attempt is in use
)

func (a *attempt) errLocked() error {
	if a.err != nil {
		return a.err
	}
	if err := a.parent.Err(); err != nil {
		a.err = err // the caller's end comes first, and stays
		return err
	}
	if a.phase == waiting && !time.Now().Before(a.deadline) {
		a.expireLocked()
	}
	return a.err
}

// startLocked makes inner in the state that the attempt is in by now.
func (a *attempt) startLocked() {
	if a.started.Load() {
		return
	}
	a.inner, a.cancel = context.WithCancelCause(a.parent)
	switch {
	case a.fault != nil:
		a.cancel(a.fault)
	case a.phase == released:
		a.cancel(a.err)
	case a.phase == waiting:
		a.timer = time.AfterFunc(time.Until(a.deadline), a.ring)
	}
	a.started.Store(true)
}

// ring is the timer's function.
func (a *attempt) ring() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.phase == waiting && a.err == nil && a.parent.Err() == nil {
		a.expireLocked()
	}
}

// expireLocked ends the context with the limit as its cause. It makes inner if
// nobody has, because [context.Cause] asks a context of the standard library.
func (a *attempt) expireLocked() {
	a.err = context.DeadlineExceeded
	a.fault = &Error{Limit: a.timeout.limit, Total: a.timeout.total}
	if !a.started.Load() {
		a.startLocked()
		return
	}
	a.cancel(a.fault)
}

// stop stops the clock at the headers. It returns an error where the clock was
// faster.
func (a *attempt) stop() *Error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.fault == nil && a.phase == waiting {
		a.phase = reading
		a.stopTimerLocked()
	}
	return a.fault
}

// finish releases the attempt and returns an error if the clock has run out.
func (a *attempt) finish() *Error {
	a.mu.Lock()
	_ = a.errLocked() // looks at the clock, which the timer may lag behind
	fault := a.fault
	a.mu.Unlock()
	a.release()
	return fault
}

// release frees what the attempt holds. It may be called at any time, by any
// goroutine, and again.
func (a *attempt) release() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.phase == released {
		return
	}
	a.phase = released
	a.stopTimerLocked()
	if a.err == nil {
		if a.err = a.parent.Err(); a.err == nil {
			a.err = context.Canceled
		}
	}
	if a.cancel != nil {
		a.cancel(nil)
	}
}

func (a *attempt) stopTimerLocked() {
	if a.timer != nil {
		a.timer.Stop()
		a.timer = nil
	}
}

// with returns the error for the caller: e itself, or e with what the next
// layer has to add to it.
func (e *Error) with(err error) error {
	// A layer below may have seen only that its context was canceled. To hand
	// that on would look as if the caller had done it.
	if errors.Is(err, e) || errors.Is(err, context.Canceled) ||
		err == context.DeadlineExceeded { //nolint:errorlint // a dialer's timeout is one too, and says more
		return e
	}
	return &Error{Limit: e.Limit, Total: e.Total, Err: err}
}
