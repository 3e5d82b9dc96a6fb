// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package observe

import (
	"hash/maphash"
	"sync"
	"time"
)

// A host that is down makes the same entry thousands of times a second, and
// the first few say it all. Of the entries with the same kind, key and reason,
// the first sampleFirst in a second are written and of the rest one in
// sampleThereafter, which says how many were left out before it.
const (
	sampleFirst      = 10
	sampleThereafter = 100
	samplePeriod     = time.Second
	sampleSets       = 64
	sampleWays       = 4 // slots in a set
)

// A sampler thins out repeats. It takes a fixed amount of memory, so where more than
// sampleWays of them fall into one set by their hash, something has to give way. At
// Debug they share counts, which leaves out more than the rule: a thousand hosts that
// are down must not write a thousand times ten. Above, the newest takes a slot over,
// which leaves out less: a circuit opens once, and that must not be lost in a storm.
// It is safe for concurrent use.
type sampler struct {
	seed  maphash.Seed
	epoch time.Time
	mu    sync.Mutex
	debug sampleTable // guarded by mu
	above sampleTable // guarded by mu
}

type sampleTable [sampleSets][sampleWays]sampleSlot

type sampleSlot struct {
	owner   uint64        // the hash of what it counts
	since   time.Duration // the epoch, when its period began
	seen    uint32        // in this period
	skipped uint32        // since the last entry that was written
}

func newSampler() *sampler {
	s := &sampler{seed: maphash.MakeSeed(), epoch: time.Now()}
	for _, table := range [...]*sampleTable{&s.debug, &s.above} {
		for i := range table {
			for j := range table[i] {
				table[i][j].since = -samplePeriod // free
			}
		}
	}
	return s
}

// keep reports whether an entry of e is to be written, and how many like it
// were left out before.
func (s *sampler) keep(e *Event, g grade) (skipped int, ok bool) {
	h := maphash.String(s.seed, e.Key) ^ maphash.String(s.seed, string(e.Reason)) ^ uint64(e.Kind)
	now := time.Since(s.epoch)
	s.mu.Lock()
	defer s.mu.Unlock()
	slot := s.slotLocked(h, g, now)
	if now-slot.since >= samplePeriod {
		slot.since, slot.seen = now, 0
	}
	slot.seen++
	if slot.seen > sampleFirst && (slot.seen-sampleFirst)%sampleThereafter != 0 {
		slot.skipped++
		return 0, false
	}
	skipped, slot.skipped = int(slot.skipped), 0
	return skipped, true
}

func (s *sampler) slotLocked(h uint64, g grade, now time.Duration) *sampleSlot {
	set := &s.debug[h%sampleSets]
	if g > debug {
		set = &s.above[h%sampleSets]
	}
	oldest := &set[0]
	for i := range set {
		slot := &set[i]
		if slot.owner == h {
			return slot
		}
		if slot.since < oldest.since {
			oldest = slot
		}
	}
	if g == debug && now-oldest.since < samplePeriod {
		return &set[h/sampleSets%sampleWays]
	}
	*oldest = sampleSlot{owner: h, since: now}
	return oldest
}
