// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package limit

import (
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/surefoot-go/surefoot/classify"
	"github.com/surefoot-go/surefoot/observe"
)

// MaxCoolDown bounds how long one answer of a server can keep attempts to its
// key from being sent. Whatever it asked for, a minute later one is sent to
// hear it again.
const MaxCoolDown = time.Minute

// Those who waited for the end of a cool-down come spread over a part of its
// length, so that they do not come as one.
const (
	spreadShare = 10 // a tenth
	maxSpread   = time.Second
)

// heed acts on what an answer says to everybody: it wakes its key, and begins
// a cool-down. K is nil where nobody has looked for it yet.
func (l *Limiter) heed(req *http.Request, k *key, v classify.Verdict, resp *http.Response) {
	cool := l.coolDown && v.Throttled && v.RetryAfter > 0 && resp != nil
	wake := l.adaptive && overload(v, resp)
	if !cool && !wake {
		return
	}
	if k == nil {
		if k = l.find(req, true); k == nil {
			return
		}
	}
	now := l.now()
	k.mu.Lock()
	k.calledAt = now
	l.stirred.Store(true)
	if wake {
		l.wakeLocked(k, now)
	}
	if cool {
		c := cooling{min(v.RetryAfter, MaxCoolDown), resp.StatusCode >= http.StatusInternalServerError}
		by := observe.Event{Context: req.Context(), Method: req.Method}
		if l.coolLocked(k, by, now, c.wait, c.failing) && l.link != nil {
			k.news.AddLocked(c)
		}
	}
	k.mu.Unlock()
	l.announce(k)
}

// overload reports whether an answer is one of those that a server with too
// much to do gives.
func overload(v classify.Verdict, resp *http.Response) bool {
	if v.Class != classify.Retryable {
		return false
	}
	return v.Throttled || resp != nil && resp.StatusCode == http.StatusServiceUnavailable ||
		v.Reason == classify.ReasonTimeout || v.Reason == classify.ReasonRefused
}

// coolLocked begins a cool-down, or makes one longer. It never makes one
// shorter: of several waits that a server asks for, the longest satisfies all.
// By says who does it. It reports whether that is news.
func (l *Limiter) coolLocked(k *key, by observe.Event, now int64, wait time.Duration, fails bool) bool {
	before := k.patienceUntil()
	until := now + int64(wait)
	ends := &k.coolUntil
	if fails {
		ends = &k.downUntil
		if ends.Load() <= now {
			k.every = max(int64(wait)/probes, int64(minProbeGap))
			k.lookAt = now + k.every
		}
	}
	ends.Store(max(ends.Load(), until))
	if until <= before {
		return false
	}
	k.keepLocked(until)
	if before > now && until-before < int64(sameEnd) {
		return false
	}
	by.Kind, by.Wait = observe.CoolDownStarted, wait
	l.changedLocked(k, by)
	return true
}

// A server that fails gets a few probes while it cools down. It says when it
// expects to be back, and may be sooner (RFC 9110 §10.2.3). One that works, and
// wants less by a 429, means what it says, and gets none.
const (
	probes      = 5
	minProbeGap = time.Second
)

// look reports whether an attempt may go as a probe, and takes its turn.
func (k *key) look(now int64) bool {
	if k.coolUntil.Load() > now {
		return false
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if now < k.lookAt {
		return false
	}
	k.lookAt = now + k.every
	return true
}

// probed takes the outcome of a probe. A good one ends the cool-down.
func (k *key) probed(o outcome) {
	if o == answered {
		k.mu.Lock()
		k.endedUntil = max(k.endedUntil, k.downUntil.Swap(0))
		k.mu.Unlock()
	}
}

// keepLocked makes attempts come through the key's lock, and keeps the key
// until then.
func (k *key) keepLocked(until int64) {
	k.keepUntil.Store(max(k.keepUntil.Load(), until))
	k.active.Store(true)
}

// coolOff waits for the end of a cool-down, or does not even begin to if that
// is too far away, or too many wait already.
func (l *Limiter) coolOff(k *key, req *http.Request, wait, left time.Duration) error {
	deadline, bounded := req.Context().Deadline()
	if wait > left || bounded && time.Until(deadline) <= wait || !l.joinCooling(k) {
		return l.reject(k, req, &Error{Key: k.name, Reason: observe.ReasonCoolDown, RetryAfter: wait})
	}
	spread := min(wait/spreadShare, maxSpread) // over MaxWait if need be: a herd is worse
	if bounded {
		spread = min(spread, time.Until(deadline)-wait)
	}
	if spread > 0 {
		wait += time.Duration(rand.Int64N(int64(spread))) //nolint:gosec // jitter: nobody gains by guessing it
	}
	err := pause(req, nil, wait)
	k.mu.Lock()
	k.cooling--
	k.mu.Unlock()
	return err
}

func (l *Limiter) joinCooling(k *key) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.queue.size+k.cooling >= l.maxWaiting {
		return false
	}
	k.cooling++
	return true
}
