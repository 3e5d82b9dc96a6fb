// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package limit

import (
	"math/rand/v2"
	"sync/atomic"
)

// A sampling chooses the attempts that are timed while their key sleeps. It
// is a number at random against a mask, and touches nothing that other cores
// write to: cheaper than the clock, and than a look-up. The mask follows the
// rate at which attempts are chosen.
type sampling struct {
	mask atomic.Uint32 // one less than a power of two
	last atomic.Int64  // when an attempt was chosen last
}

func (s *sampling) due() bool {
	mask := s.mask.Load()
	return mask == 0 || rand.Uint32()&mask == 0 //nolint:gosec // nobody gains by guessing it
}

// adjust is told when an attempt that was chosen begins. Updates that get lost
// between goroutines are made up for by the next.
func (s *sampling) adjust(now int64) {
	mask := s.mask.Load()
	switch gap := now - s.last.Swap(now); {
	case gap < int64(minGap):
		mask = min(mask<<1|1, maxSampling-1)
	case gap > int64(maxGap):
		mask >>= 1
	default:
		return
	}
	if mask != s.mask.Load() {
		s.mask.Store(mask)
	}
}
