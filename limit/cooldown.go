// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package limit

import (
	"net/http"
	"time"

	"github.com/surefoot-go/surefoot/classify"
	"github.com/surefoot-go/surefoot/internal/keyed"
	"github.com/surefoot-go/surefoot/observe"
)

// MaxCoolDown bounds how long one answer of a server can keep attempts to its
// key from being sent. Whatever it asked for, a minute later one is sent to
// hear it again.
const MaxCoolDown = time.Minute

// heed acts on what an answer says to everybody: it wakes its key, and begins
// a cool-down. The entry is nil where nobody holds it yet.
func (l *Limiter) heed(req *http.Request, e *keyed.Entry[key], v classify.Verdict, resp *http.Response) {
	cool := l.coolDown && v.Throttled && v.RetryAfter > 0 && resp != nil
	wake := l.adaptive && overload(v, resp)
	if !cool && !wake {
		return
	}
	if e == nil {
		if e = l.keys.Hold(keyed.Of(l.key, req)); e == nil {
			return
		}
		defer e.Release()
	}
	k := &e.Value
	now := l.now()
	k.mu.Lock()
	k.calledAt = now
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
	l.keepLocked(k, until)
	if before > now && until-before < int64(sameEnd) {
		return false
	}
	by.Kind, by.Wait = observe.CoolDownStarted, wait
	l.changedLocked(k, by)
	return true
}
