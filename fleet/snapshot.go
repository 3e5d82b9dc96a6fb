// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package fleet

import (
	"slices"
	"strings"
	"time"
)

// A Snapshot is what a [Fleet] knows. Calls do not wait for it, so of many keys it may
// be a moment older than of others.
type Snapshot struct {
	// Namespace is that of the fleet, and Instance the name of this process in it.
	Namespace, Instance string
	// Reachable says that the engine answers. It is true until it has failed to
	// for as long as [WithReconcileEvery].
	Reachable bool
	// Answered is when it last did, or when the Fleet was made.
	Answered time.Time
	// Listening says that messages come.
	Listening bool
	// Instances is how many of them are there, this one included, or 0 before
	// the engine has told.
	Instances int
	// Keys are the keys that are open or cool down for all, sorted.
	Keys []Key
	// Sent is how many ops the engine has taken, and Heard how many messages of it
	// were understood, both since the Fleet was made.
	Sent, Heard uint64
	// Dropped counts what was not.
	Dropped Dropped
}

// A Key is one that is open or cools down for all.
type Key struct {
	Subject Subject
	Key     string
	// Wait is what is left of the wait before the next probe, or of the cool-down.
	Wait time.Duration
	// Held says that circuits are held open by this. It is false where the engine
	// has been gone for so long that they go on alone.
	Held bool
	// Lease says that this instance has the right to probe.
	Lease bool
}

// Dropped counts what was not sent or not heard, by reason.
type Dropped struct {
	// Queue is what was to be told of too many keys at once; see [WithQueue] and
	// [WithMaxKeys].
	Queue uint64
	// Late is what could not be told for so long that it no longer mattered.
	Late uint64
	// Key is what was to be told of keys without a name or of more than [MaxKey]
	// bytes.
	Key uint64
	// Size, Foreign and Garbage are messages that were longer than [MaxMessage], of
	// another version or namespace, or not understood.
	Size, Foreign, Garbage uint64
}

// Snapshot returns what the Fleet knows. The slice is the caller's. That of a nil
// Fleet is empty.
func (f *Fleet) Snapshot() Snapshot {
	if f == nil {
		return Snapshot{}
	}
	s := f.snapshot(time.Now())
	slices.SortFunc(s.Keys, compareKeys)
	// One that changed places while others were written down is there twice.
	s.Keys = slices.CompactFunc(s.Keys, func(a, b Key) bool { return compareKeys(a, b) == 0 })
	return s
}

func compareKeys(a, b Key) int {
	if a.Key != b.Key {
		return strings.Compare(a.Key, b.Key)
	}
	return int(a.Subject) - int(b.Subject)
}

// snapshot returns it unsorted.
func (f *Fleet) snapshot(now time.Time) Snapshot {
	s := f.summary()
	room := func() { s.Keys = slices.Grow(s.Keys, turn) }
	f.walk(func(h *host) {
		if !h.open || !h.expires.After(now) {
			return
		}
		v, held := f.verdict(h, now)
		s.Keys = append(s.Keys, Key{
			Subject: h.id.subject, Key: h.id.key, Wait: v.Wait, Held: held,
			Lease: h.lease.ends.After(now),
		})
	}, room)
	return s
}

// summary returns it without the keys.
func (f *Fleet) summary() Snapshot {
	f.mu.RLock()
	defer f.mu.RUnlock()
	return Snapshot{
		Namespace: f.cfg.namespace, Instance: f.cfg.instance,
		Reachable: !f.health.lost, Answered: f.health.answered,
		Listening: f.listening, Instances: f.instances,
		Sent: f.count.sent.Load(), Heard: f.count.heard.Load(),
		Dropped: Dropped{
			Queue: f.count.queue.Load(), Late: f.count.late.Load(), Key: f.count.key.Load(),
			Size: f.count.size.Load(), Foreign: f.count.foreign.Load(), Garbage: f.count.garbage.Load(),
		},
	}
}
