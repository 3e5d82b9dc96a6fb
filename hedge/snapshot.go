// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package hedge

import (
	"cmp"
	"slices"
	"time"
)

// A Key is what can be seen of a key at one moment. It is a plain value.
type Key struct {
	// Key names it, by default as scheme, host and port.
	Key string
	// Delay is how long an answer is waited for before a hedge is sent. It is
	// zero while too few answers are known.
	Delay time.Duration
	// Hedges counts the hedges that were sent, Won those whose answer was
	// handed over, and Suppressed the late answers beside which none was sent,
	// since the key was first seen.
	Hedges, Won, Suppressed uint64
}

// Snapshot returns all keys that were asked for something that can be hedged,
// sorted by key. It takes no lock of a key, so the numbers of one may be a
// moment apart.
func (h *Hedger) Snapshot() []Key {
	entries := h.states.Entries()
	keys := make([]Key, 0, len(entries))
	for _, e := range entries {
		s := &e.Value
		// In this order, so that no more were won than sent.
		won := s.won.Load()
		keys = append(keys, Key{
			Key: s.name, Delay: h.after(s),
			Hedges: s.hedges.Load(), Won: won, Suppressed: s.suppressed.Load(),
		})
	}
	slices.SortFunc(keys, func(x, y Key) int { return cmp.Compare(x.Key, y.Key) })
	return keys
}
