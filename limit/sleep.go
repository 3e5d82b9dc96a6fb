// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package limit

import "time"

// sampled takes an attempt that was timed while its key slept.
func (l *Limiter) sampled(k *key, s sample, now int64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.calledAt = now
	if !k.ctl.awake {
		l.dreamLocked(k, s, now)
	}
}

// dreamLocked takes a sample of a key that sleeps, and wakes it when a few in a
// row were late.
func (l *Limiter) dreamLocked(k *key, s sample, now int64) {
	c := &k.ctl
	if !l.adaptive || s.outcome != answered {
		return
	}
	if c.lateLocked(s, now); c.run.samples >= alertAt {
		l.wakeLocked(k, now)
	}
}

// wakeLocked begins to count, or goes on for as long again.
func (l *Limiter) wakeLocked(k *key, now int64) {
	l.dozeLocked(k, now) // what it knows may be out of date
	c := &k.ctl
	c.trouble = now
	l.keepLocked(k, now+int64(quietFor))
	if c.awake {
		return
	}
	c.awake = true
	c.since, c.judgeAt = now, now
	c.window, c.peak, c.used = window{}, k.pending, false
	c.latest = c.usual.took
}

// keepLocked makes attempts come through the key's lock, and keeps the key
// until then.
func (l *Limiter) keepLocked(k *key, until int64) {
	k.keepUntil.Store(max(k.keepUntil.Load(), until))
	k.active.Store(true)
	l.stir(until) // last: whoever finds it in the past has seen no such key
}

// overslept reports whether a key that is awake had no trouble for long enough to
// sleep.
func (c *control) overslept(now int64) bool { return c.awake && now-c.trouble > int64(quietFor) }

// dozeLocked lets a key sleep that had no trouble for long enough. A limit that
// is reached is trouble only while answers come: attempts that never come back
// must not keep others from being sent for ever.
func (l *Limiter) dozeLocked(k *key, now int64) {
	c := &k.ctl
	if c.overslept(now) {
		l.sleepLocked(k, now)
	}
	if !c.awake && k.patienceUntil() <= now {
		k.active.Store(false)
	}
}

func (l *Limiter) sleepLocked(k *key, now int64) {
	c := &k.ctl
	l.setLimitLocked(k, 0)
	c.awake, c.window, c.run, c.calm = false, window{}, window{}, window{}
	c.lateSince = 0
	c.healthy = now
	l.serveLocked(k)
}

// stirStep is how far apart the times are that stir notes. All keys share the note,
// and where many are in trouble it must not be written with each answer.
const stirStep = time.Second

// stir has attempts look for their keys until then.
func (l *Limiter) stir(until int64) {
	for last := l.stirred.Load(); last < until && !l.stirred.CompareAndSwap(last, until+int64(stirStep)); {
		last = l.stirred.Load()
	}
}

// calm ends that when it is time. A key whose trouble is over and that nobody has
// called since is still awake then, and falls asleep when the next attempt to it is
// timed, or when there is trouble again.
func (l *Limiter) calm(now int64) {
	if until := l.stirred.Load(); until != 0 && until < now {
		l.stirred.CompareAndSwap(until, 0)
	}
}
