// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package limit

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/surefoot-go/surefoot/observe"
)

// admit lets an attempt in, at once or after a wait. It has a place then, and none
// when there is an error. Either way it returns the turn of a probe, if the attempt
// has taken one, or 0. Whoever calls it calls announce.
func (l *Limiter) admit(k *key, req *http.Request) (turn int64, err error) {
	priority := priorityOf(req.Context())
	arrived := l.now()
	for now := arrived; ; now = l.now() {
		if turn == 0 && k.patienceUntil() > now {
			if turn, err = l.coolOff(k, req, arrived); err != nil {
				return 0, err
			}
			now = l.now()
		}
		w, patience, rejection := l.enter(k, priority, now, l.maxWait-time.Duration(now-arrived))
		if rejection != nil {
			l.announce(k)
			return turn, l.reject(k, req, rejection)
		}
		if w == nil {
			return turn, nil
		}
		if err := l.await(k, req, w, patience); err != nil {
			return turn, err
		}
		if turn != 0 || k.patienceUntil() <= l.now() {
			return turn, nil
		}
		// A cool-down began in the meantime.
		l.settle(k, sample{}, l.now(), false)
	}
}

// enter takes a place, or one in the queue if there is none.
func (l *Limiter) enter(k *key, p Priority, now int64, left time.Duration) (*waiter, time.Duration, *Error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	l.dozeLocked(k, now)
	if l.roomLocked(k, p) {
		k.enterLocked()
		k.ctl.started = now
		return nil, 0, nil
	}
	if !l.fullLocked(k) {
		k.ctl.used = true
		left = min(left, k.ctl.patience())
	}
	if left <= 0 || !l.makeRoomLocked(k, p) {
		return nil, 0, l.fullErrorLocked(k)
	}
	w := &waiter{priority: p, ready: make(chan struct{})}
	k.queue.addLocked(w)
	return w, left, nil
}

// makeRoomLocked sees to a place in the queue. Where it is full, the waiter
// that would go last has to go, if it is no more important than the newcomer.
func (l *Limiter) makeRoomLocked(k *key, p Priority) bool {
	if k.queue.size+k.cooling < l.maxWaiting {
		return true
	}
	last := k.queue.lastLocked(p)
	if last == nil {
		return false
	}
	k.queue.removeLocked(last)
	close(last.ready)
	return true
}

// await waits for a place.
func (l *Limiter) await(k *key, req *http.Request, w *waiter, patience time.Duration) error {
	waited := false
	defer func() {
		if !waited { // an observer has ended the goroutine
			_ = l.leave(k, w, true)
		}
	}()
	l.announce(k)
	err := pause(req, w.ready, patience)
	waited = true
	if rejection := l.leave(k, w, err != nil); rejection != nil && err == nil {
		return l.reject(k, req, rejection)
	}
	return err
}

// leave takes a waiter out of the queue. It returns a rejection if that has no
// place, and gives back the place of one that gave up.
func (l *Limiter) leave(k *key, w *waiter, gaveUp bool) *Error {
	k.mu.Lock()
	if w.queued {
		k.queue.removeLocked(w)
	}
	var rejection *Error
	if !w.admitted {
		rejection = l.fullErrorLocked(k)
	}
	k.mu.Unlock()
	if gaveUp && rejection == nil {
		l.settle(k, sample{}, l.now(), false)
	}
	return rejection
}

// pause waits for d, for ready, or for the caller to give up, which is the
// only one that is an error, also in the very moment in which the others come.
func pause(req *http.Request, ready <-chan struct{}, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ready:
	case <-timer.C:
	case <-req.Context().Done():
	case <-req.Cancel: //nolint:staticcheck // callers may still use it
	}
	return gaveUp(req)
}

// errCanceled is the error of a call whose Cancel channel was closed during a
// wait. That of net/http is not exported and cannot be told from others.
var errCanceled = fmt.Errorf("limit: request canceled: %w", context.Canceled)

// gaveUp returns the reason for which the caller has given up, or nil.
func gaveUp(req *http.Request) error {
	if ctx := req.Context(); ctx.Err() != nil {
		return context.Cause(ctx)
	}
	select {
	case <-req.Cancel: //nolint:staticcheck // as above
		return errCanceled
	default:
		return nil
	}
}

func (l *Limiter) fullErrorLocked(k *key) *Error {
	return &Error{Key: k.name, Reason: observe.ReasonLimit, Limit: l.limitLocked(k)}
}

// limitLocked returns the limit in force, or 0 for none.
func (l *Limiter) limitLocked(k *key) int {
	adaptive := int(k.ctl.limit)
	if adaptive == 0 || l.maxInFlight > 0 && l.maxInFlight < adaptive {
		return l.maxInFlight
	}
	return adaptive
}

func (l *Limiter) reject(k *key, req *http.Request, e *Error) error {
	if e.Reason == observe.ReasonCoolDown {
		k.rejectedCoolDown.Add(1)
	} else {
		k.rejectedLimit.Add(1)
	}
	if observe.Listening(l.observer) {
		observe.Emit(l.observer, observe.Event{
			Kind: observe.Rejected, Context: req.Context(), Key: k.name, Method: req.Method,
			Reason: e.Reason, Wait: e.RetryAfter, Limit: e.Limit, Err: e,
		})
	}
	return e
}
