// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package status

import (
	"math"
	"sync"
	"testing"
)

func TestSlots_CountWhatIsRecent(t *testing.T) {
	t.Parallel()
	for _, start := range []uint64{slotCount, stepMask - 30, 1 << 40} { // the number of a step runs over, too
		var s slots
		for step := start; step < start+100; step++ {
			s.add(step, oneFirst)
			s.add(step, oneSecond)
			s.add(step, oneSecond)
		}
		now := start + 99
		if first, second := s.sum(now, slotCount); first != slotCount || second != 2*slotCount {
			t.Errorf("from %d: got %d and %d, want %d and twice that", start, first, second, slotCount)
		}
		if first, _ := s.sum(now, minute); first != minute {
			t.Errorf("from %d: got %d in the last minute, want %d", start, first, minute)
		}
		if first, _ := s.sum(now+10, slotCount); first != slotCount-10 {
			t.Errorf("from %d: got %d a while later, want %d", start, first, slotCount-10)
		}
		if first, second := s.sum(now+slotCount, slotCount); first != 0 || second != 0 {
			t.Errorf("from %d: got %d and %d long after, want none", start, first, second)
		}
	}
}

func TestSlots_StopBeforeTheyRunOver(t *testing.T) {
	t.Parallel()
	var s slots
	const step = slotCount + 7
	s.add(step, oneSecond)
	s[step%slotCount].Add(full - 1)
	for range 5000 {
		s.add(step, oneFirst)
	}
	if first, second := s.at(step); first != full || second != 1 {
		t.Errorf("got %d and %d, want %d and 1", first, second, full)
	}
}

func TestSlots_BesideEachOther(t *testing.T) {
	t.Parallel()
	var s slots
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i := range uint64(10_000) {
				s.add(slotCount+i/500, oneFirst)
			}
		})
	}
	wg.Wait()
	if first, _ := s.sum(slotCount+19, slotCount); first < 39_000 || first > 40_000 {
		t.Errorf("got %d, want 40 000, or nearly", first)
	}
}

func TestSpark_IsNeverWiderOrHigherThanItsPlace(t *testing.T) {
	t.Parallel()
	h := &History{}
	for i := range slotCount {
		h.Succeeded[i], h.Failed[i], h.Rejected[i] = uint64(i), uint64(i*i), math.MaxInt32
	}
	h.Succeeded[3] = math.MaxInt32
	s := sparkOf(h, &Counts{Succeeded: 1, Failed: 2, Rejected: 3})
	if s.Label != "last 5 minutes: 1 succeeded, 2 failed, 3 rejected" || s.Good == "" || s.Bad == "" || s.Kept == "" {
		t.Errorf("got %+v", s)
	}
	for _, h := range []*History{nil, {}} {
		if s := sparkOf(h, &Counts{}); s.Good+s.Bad+s.Kept != "" || s.Label != "nothing in the last 5 minutes" {
			t.Errorf("got %+v, want nothing drawn", s)
		}
	}
	one := &History{}
	one.Succeeded[slotCount-1] = 5
	if s := sparkOf(one, &Counts{Succeeded: 5}); s.Good != "M118 18v-18h1.6V18z" {
		t.Errorf("got %q, want a bar of full height at the end", s.Good)
	}
}
