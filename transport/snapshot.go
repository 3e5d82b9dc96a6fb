// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package transport

import (
	"cmp"
	"slices"

	"github.com/surefoot-go/surefoot/breaker"
	"github.com/surefoot-go/surefoot/hedge"
	"github.com/surefoot-go/surefoot/limit"
	"github.com/surefoot-go/surefoot/retry"
)

// A Snapshot is what a [Transport] knows at one moment. It is a plain value.
type Snapshot struct {
	// Layers names the layers, outermost first, the base last.
	Layers []string
	// Keys holds what is known of each key, sorted by key. A key that was never
	// asked for, or was evicted, is not among them.
	Keys []Key
}

// A Key is what is known of one key, by default a scheme, host and port.
type Key struct {
	// Key names it.
	Key string
	// Circuit is its circuit. It is the zero value, a closed circuit that
	// has counted nothing, where there is none.
	Circuit breaker.Circuit
	// Budget is its budget. It is nil where there is none, or where no retry
	// was ever wanted, so that it is full.
	Budget *retry.Key
	// Limit is its limit and its cool-down. It is nil where there are none.
	Limit *limit.Key
	// Hedging is what is known for hedges. It is nil where there are none.
	Hedging *hedge.Key
}

// Snapshot returns what the Transport knows now. It locks nothing that a call
// needs, so the numbers may be a moment apart. The cost is in proportion to the
// number of keys.
func (t *Transport) Snapshot() Snapshot {
	s := Snapshot{Layers: slices.Clone(t.names)}
	at := map[string]int{}
	find := func(name string) *Key {
		i, ok := at[name]
		if !ok {
			i, at[name] = len(s.Keys), len(s.Keys)
			s.Keys = append(s.Keys, Key{Key: name})
			s.Keys[i].Circuit.Key = name
		}
		return &s.Keys[i]
	}
	if t.circuits != nil {
		for _, c := range t.circuits.Snapshot() {
			find(c.Key).Circuit = c
		}
	}
	if t.layers.retry != nil {
		for _, b := range t.layers.retry.Snapshot() {
			find(b.Key).Budget = &b
		}
	}
	if t.limits != nil {
		for _, l := range t.limits.Snapshot() {
			find(l.Key).Limit = &l
		}
	}
	if t.hedging != nil {
		for _, h := range t.hedging.Snapshot() {
			find(h.Key).Hedging = &h
		}
	}
	slices.SortFunc(s.Keys, func(x, y Key) int { return cmp.Compare(x.Key, y.Key) })
	return s
}
