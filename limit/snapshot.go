// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package limit

import (
	"cmp"
	"slices"
	"time"
)

// A Key is what can be seen of a key at one moment. It is a plain value.
type Key struct {
	// Key names the key, by default as scheme, host and port.
	Key string
	// Limit is how many attempts may be in flight: the fixed limit, or the
	// adaptive one where that is lower. It is 0 where there is none. It is what
	// would hold for an attempt that came now; the observer hears of a limit that is
	// over when one comes.
	Limit int
	// InFlight is how many are. With a fixed limit, an attempt is in flight
	// until the end of its response's body, and otherwise until its headers.
	// Attempts that began while there was nothing to limit are not counted.
	InFlight int
	// Waiting is how many attempts wait for a place or for the end of a
	// cool-down.
	Waiting int
	// CoolDown is what is left of the wait that the server asked for. It is
	// zero where there is none.
	CoolDown time.Duration
	// Fleet says that a fleet asked for the wait, or made it longer; see
	// [WithFleet].
	Fleet bool
	// RejectedLimit and RejectedCoolDown count rejections since the key was
	// first seen.
	RejectedLimit, RejectedCoolDown uint64
}

// Snapshot returns all keys that have shown a sign of trouble or have a limit,
// or of which the usual time was measured, sorted by key.
func (l *Limiter) Snapshot() []Key {
	entries := l.keys.Entries()
	keys := make([]Key, 0, len(entries))
	for _, e := range entries {
		keys = append(keys, l.look(&e.Value))
	}
	slices.SortFunc(keys, func(x, y Key) int { return cmp.Compare(x.Key, y.Key) })
	return keys
}

func (l *Limiter) look(k *key) Key {
	k.mu.Lock()
	defer k.mu.Unlock()
	now, until := l.now(), k.patienceUntil()
	limit := l.limitLocked(k)
	if k.ctl.overslept(now) { // and nobody has called since
		limit = l.maxInFlight
	}
	seen := Key{
		Key: k.name, Limit: limit, InFlight: k.pending, Waiting: k.queue.size + k.cooling,
		CoolDown:      max(time.Duration(until-now), 0),
		RejectedLimit: k.rejectedLimit.Load(), RejectedCoolDown: k.rejectedCoolDown.Load(),
	}
	seen.Fleet = seen.CoolDown > 0 && k.fleetUntil >= until
	if l.maxInFlight > 0 {
		seen.InFlight = k.held
	}
	return seen
}
