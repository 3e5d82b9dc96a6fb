// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package breaker

import (
	"math/bits"
	"sync/atomic"
	"time"
)

// A window counts successes and failures over the last while, in slots of a
// power of two of nanoseconds, so that finding the slot is a shift and not a
// division. Outcomes are credited when an attempt ends: a window that credited
// the start would drop the outcomes of attempts longer than itself, and a host
// that swallows every request would never open its circuit.
//
// A slot packs its tick and both counts in one word, so that a count is one
// atomic addition and a slot that is out of date is replaced by one
// compare-and-swap, without a lock.
type window struct {
	slots [slotCount]atomic.Uint64

	past tally // what has left the slots
}

// A tally is two counters.
type tally struct{ successes, failures atomic.Uint64 }

func (t *tally) add(successes, failures uint64) {
	t.successes.Add(successes)
	t.failures.Add(failures)
}

const (
	slotCount = 16

	countBits = 20
	countMask = 1<<countBits - 1
	tickBits  = 64 - 2*countBits
	tickMask  = 1<<tickBits - 1

	oneSuccess = 1
	oneFailure = 1 << countBits

	// full stops a count short of running into its neighbour, with room for
	// the additions that are under way.
	full = countMask - 1<<10

	// late is by how many ticks a goroutine can lag behind the others and be
	// known for it: over a second with the shortest window there is. It is small
	// beside the range of ticks, because a slot that was last used so many ticks
	// less than the range ago looks like the future too.
	late = 64 * slotCount
)

// A span is the shape that all windows of a breaker share.
type span struct {
	shift uint   // a slot lasts 1<<shift ns
	slots uint64 // how many count, the current one included
}

// spanOf returns the finest span that covers d with the slots there are.
func spanOf(d time.Duration) span {
	// The smallest shift with (slotCount-1)<<shift >= d.
	shift := uint(bits.Len64(uint64((d - 1) / (slotCount - 1))))
	return span{shift: shift, slots: (uint64(d) + 1<<shift - 1) >> shift}
}

// tick numbers the slots of time. Now is nanoseconds since the breaker's epoch.
func (s span) tick(now int64) uint64 { return uint64(now>>s.shift) & tickMask }

func tickOf(word uint64) uint64      { return word >> (2 * countBits) }
func successesOf(word uint64) uint64 { return word & countMask }
func failuresOf(word uint64) uint64  { return word >> countBits & countMask }

// add counts one outcome in the slot of tick and returns the slot's word.
func (w *window) add(tick, one uint64) uint64 {
	slot := &w.slots[tick%slotCount]
	for {
		word := slot.Load()
		switch ahead := (tickOf(word) - tick) & tickMask; {
		case ahead != 0 && ahead < late && word != 0:
			// This goroutine slept past a whole ring: too old for the window.
			w.past.add(successesOf(one), failuresOf(one))
			return word
		case ahead != 0:
			w.replace(slot, word, tick<<(2*countBits))
		case successesOf(word) >= full || failuresOf(word) >= full:
			// Half of each keeps the ratio. Were nothing more counted, a slot
			// that lasts for minutes would not see what fails in its rest.
			w.replace(slot, word, tick<<(2*countBits)|failuresOf(word)/2*oneFailure|successesOf(word)/2)
		default:
			// Between the load and here the slot can have been replaced, by a
			// goroutine that is a whole ring ahead; the count then goes to the
			// wrong slot, which is harmless and not worth a loop.
			return slot.Add(one)
		}
	}
}

// replace puts a word in the place of an old one, unless another goroutine was
// faster, and keeps the totals.
func (w *window) replace(slot *atomic.Uint64, old, word uint64) {
	if slot.CompareAndSwap(old, word) {
		w.past.add(successesOf(old)-successesOf(word), failuresOf(old)-failuresOf(word))
	}
}

// revoke takes back a success that was counted in the slot of tick, if the slot
// is still there.
func (w *window) revoke(tick uint64) {
	slot := &w.slots[tick%slotCount]
	for {
		word := slot.Load()
		if tickOf(word) != tick || successesOf(word) == 0 {
			return
		}
		if slot.CompareAndSwap(word, word-oneSuccess) {
			return
		}
	}
}

// sum counts what is in the window that ends with the slot of tick.
func (w *window) sum(s span, tick uint64) (successes, failures uint64) {
	for i := range w.slots {
		word := w.slots[i].Load()
		if (tick-tickOf(word))&tickMask < s.slots {
			successes += successesOf(word)
			failures += failuresOf(word)
		}
	}
	return successes, failures
}

// succeededWithin reports whether a success is in the slot of tick, or in those
// before it that d takes, one at least, as far as they are in the window.
func (w *window) succeededWithin(s span, tick uint64, d time.Duration) bool {
	before := (uint64(d) + 1<<s.shift - 1) >> s.shift
	for i := range w.slots {
		word := w.slots[i].Load()
		if (tick-tickOf(word))&tickMask <= min(before, s.slots-1) && successesOf(word) > 0 {
			return true
		}
	}
	return false
}

// clear empties the window and keeps the totals.
func (w *window) clear() {
	for i := range w.slots {
		word := w.slots[i].Swap(0)
		w.past.add(successesOf(word), failuresOf(word))
	}
}

// totals counts everything since the window was made. While a slot is being
// replaced, what it held can be missing.
func (w *window) totals() (successes, failures uint64) {
	successes, failures = w.past.successes.Load(), w.past.failures.Load()
	for i := range w.slots {
		word := w.slots[i].Load()
		successes += successesOf(word)
		failures += failuresOf(word)
	}
	return successes, failures
}

// raise sets a counter to n, unless it is higher, and returns it.
func raise(counter *atomic.Uint64, n uint64) uint64 {
	for {
		highest := counter.Load()
		if n <= highest {
			return highest
		}
		if counter.CompareAndSwap(highest, n) {
			return n
		}
	}
}
