// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package status

import (
	"sync/atomic"
	"time"
)

const (
	slotCount = 60
	slotTime  = 5 * time.Second
	// span is how far back the page looks.
	span = slotCount * slotTime
	// minute is the slots of the last minute.
	minute = uint64(time.Minute / slotTime)
)

// Slots count two things over the last while. A slot packs the number of its
// step of time and both counts in one word, so that a count is one atomic
// addition, and a slot that is out of date is replaced by one compare-and-swap.
type slots [slotCount]atomic.Uint64

const (
	countBits = 24
	countMask = 1<<countBits - 1
	stepMask  = 1<<(64-2*countBits) - 1

	oneFirst  = 1
	oneSecond = 1 << countBits

	// full stops a count short of running into its neighbour, with room for the
	// additions that are under way. It is three million in a second.
	full = countMask - 1<<10
)

func firstOf(word uint64) uint64  { return word & countMask }
func secondOf(word uint64) uint64 { return word >> countBits & countMask }

// add counts one in the slot of a step.
func (s *slots) add(step, one uint64) {
	slot := &s[step%slotCount]
	for {
		word := slot.Load()
		switch {
		case word>>(2*countBits) == step&stepMask && word != 0:
			if firstOf(word) < full && secondOf(word) < full {
				slot.Add(one)
			}
			return
		case slot.CompareAndSwap(word, step&stepMask<<(2*countBits)|one):
			return
		}
	}
}

// at returns the counts of a step. A slot that was last used so long ago that its
// step looks the same, a multiple of 57 days, is taken for the present one.
func (s *slots) at(step uint64) (first, second uint64) {
	word := s[step%slotCount].Load()
	if word>>(2*countBits) != step&stepMask {
		return 0, 0
	}
	return firstOf(word), secondOf(word)
}

// sum counts the last n steps.
func (s *slots) sum(step, n uint64) (first, second uint64) {
	for age := range n {
		a, b := s.at(step - age)
		first, second = first+a, second+b
	}
	return first, second
}
