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
	sampleSlots      = 256
)

// A sampler thins out repeats. It takes a fixed amount of memory: what shares a
// slot by its hash shares a count, which leaves out more and never less than
// the rule. It is safe for concurrent use.
type sampler struct {
	seed  maphash.Seed
	mu    sync.Mutex
	slots [sampleSlots]sampleSlot // guarded by mu
}

type sampleSlot struct {
	since   time.Time
	seen    int // in this period
	skipped int // since the last entry that was written
}

func newSampler() *sampler { return &sampler{seed: maphash.MakeSeed()} }

// keep reports whether an entry of e is to be written, and how many like it
// were left out before.
func (s *sampler) keep(e *Event) (skipped int, ok bool) {
	h := maphash.String(s.seed, e.Key) ^ maphash.String(s.seed, string(e.Reason)) ^ uint64(e.Kind)
	now := time.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	slot := &s.slots[h%sampleSlots]
	if now.Sub(slot.since) >= samplePeriod {
		slot.since, slot.seen = now, 0
	}
	slot.seen++
	if slot.seen > sampleFirst && (slot.seen-sampleFirst)%sampleThereafter != 0 {
		slot.skipped++
		return 0, false
	}
	skipped, slot.skipped = slot.skipped, 0
	return skipped, true
}
