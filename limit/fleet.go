// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package limit

import (
	"iter"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/surefoot-go/surefoot/internal/keyed"
	"github.com/surefoot-go/surefoot/observe"
	"github.com/surefoot-go/surefoot/peer"
)

// activeFor is how long a key counts as called after an attempt.
const activeFor = 10 * time.Second

// sameEnd is how far apart two cool-downs may end that are one: answers to
// attempts that were under way together say the same, a moment later, and so
// does a fleet.
const sameEnd = time.Second

// join joins the fleet with the first Wrap and not earlier, so that a Limiter
// which is made and never used is not kept by the fleet for ever.
func (l *Limiter) join() {
	l.joining.Do(func() {
		if l.fleet != nil && l.coolDown {
			l.link = l.fleet.ShareCoolDowns(coolDowns{l})
		}
	})
}

// cooling is what the fleet is told of a cool-down.
type cooling struct {
	wait    time.Duration
	failing bool
}

// coolDowns are the cool-downs of a limiter as its fleet knows them.
type coolDowns struct{ *Limiter }

var _ peer.CoolDowns = coolDowns{}

// Cool begins a cool-down in the fleet's name, or makes one longer. A key that is not
// here gets no entry, which could not be evicted: others call many keys that this
// process never does. The first attempt to it asks the fleet.
func (l coolDowns) Cool(key string, wait time.Duration, failing bool) {
	l.joining.Do(func() {}) // it may call before join has noted the link, which a new key asks
	if wait <= 0 {
		return
	}
	entry := l.keys.Peek(l.nameOf(key))
	if entry == nil {
		if l.link == nil { // there is nobody to ask
			return
		}
		l.awaitAbsent(l.now() + int64(min(wait, MaxCoolDown)))
		return
	}
	k := &entry.Value
	k.mu.Lock()
	l.hearLocked(k, wait, failing)
	k.mu.Unlock()
	l.announce(k)
}

// awaitAbsent has attempts to keys without an entry ask the fleet until then.
func (l *Limiter) awaitAbsent(until int64) {
	for last := l.absent.Load(); last < until && !l.absent.CompareAndSwap(last, until); {
		last = l.absent.Load()
	}
	l.stir(until)
}

// coolsElsewhere reports whether a key that is not here cools down in the fleet.
func (l *Limiter) coolsElsewhere(name keyed.Key) bool {
	if until := l.absent.Load(); until == 0 || l.now() >= until {
		return false
	}
	wait, _ := l.link.Known(name.String())
	return wait > 0
}

// Active returns the keys that had attempts lately.
func (l coolDowns) Active() iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, e := range l.keys.Entries() {
			if l.lately(&e.Value) && !yield(e.Name) {
				return
			}
		}
	}
}

func (l *Limiter) lately(k *key) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.calledAt != 0 && l.now()-k.calledAt < int64(activeFor)
}

// nameOf takes a key apart that has the form of [Key].Key.
func (l *Limiter) nameOf(name string) keyed.Key {
	if scheme, host, ok := strings.Cut(name, "://"); ok && l.key == nil {
		return keyed.Key{Scheme: scheme, Host: host}
	}
	return keyed.Key{Host: name}
}

// newKey prepares a key that nobody has seen yet, as the fleet knows it. It is
// called under a lock, so the observer is told later.
func (l *Limiter) newKey(k *key, name string) {
	k.name = name
	if l.link == nil {
		return
	}
	if wait, failing := l.link.Known(name); wait > 0 {
		l.hearLocked(k, wait, failing)
		k.untold.Store(true)
	}
}

// hearLocked takes a cool-down from the fleet.
func (l *Limiter) hearLocked(k *key, wait time.Duration, failing bool) {
	now := l.now()
	wait = min(wait, MaxCoolDown)
	until := now + int64(wait)
	if failing && until < k.endedUntil+int64(sameEnd) {
		return // the host was found to be back, and the fleet has not heard of it
	}
	began := k.downUntil.Load() <= now
	if !l.coolLocked(k, observe.Event{Detail: "by the fleet", Fleet: true}, now, wait, failing) {
		return
	}
	k.fleetUntil = until
	if failing && began {
		// All hear of it at once, and must not probe at once.
		k.lookAt += rand.Int64N(k.every) //nolint:gosec // jitter: nobody gains by guessing it
	}
}
