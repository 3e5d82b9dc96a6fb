// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Package ledger is a payments server. It applies what it is asked to, as often
// as it is asked: only idempotency keys keep it from applying a payment twice.
// That is what makes it a witness.
package ledger

import (
	"crypto/sha256"
	"hash/maphash"
	"sync"
	"sync/atomic"
)

// shards spread the locks.
const shards = 64

// A Ledger holds what was applied, and the answers that belong to keys. It is
// safe for concurrent use. The zero value is not usable; call [New].
type Ledger struct {
	seed    maphash.Seed
	applied [shards]appliedShard // by reference
	keys    [shards]keyShard     // by key
	serial  atomic.Uint64
	twice   atomic.Int64
	arrived atomic.Int64
	work    *work
}

type appliedShard struct {
	mu    sync.Mutex
	times map[string]int
}

type keyShard struct {
	mu   sync.Mutex
	uses map[string]*use
}

// A use is the first request that came with a key.
type use struct {
	request [sha256.Size]byte
	answer  receipt // once it is done
	done    bool
}

// A receipt is the payment as the answer shows it.
type receipt struct {
	id        uint64
	reference string
	amount    int64
}

// New returns an empty ledger. The work of the references that slow names takes
// until the payment is asked for again; nil names none.
func New(slow func(reference string) bool) *Ledger {
	l := &Ledger{seed: maphash.MakeSeed(), work: newWork(slow)}
	for i := range shards {
		l.applied[i].times = map[string]int{}
		l.keys[i].uses = map[string]*use{}
	}
	return l
}

// A keyState is what the ledger knows of an idempotency key.
type keyState uint8

const (
	keyFresh    keyState = iota // now claimed by this request
	keyInFlight                 // the first request is being worked on
	keyAnswered                 // the first request has its answer
	keyMisused                  // the first request was another one
)

// claim reserves key for a request. For keyAnswered it returns the answer. A
// claim of keyFresh must be followed by settle.
func (l *Ledger) claim(key string, request [sha256.Size]byte) (keyState, receipt) {
	shard := &l.keys[maphash.String(l.seed, key)%shards]
	shard.mu.Lock()
	defer shard.mu.Unlock()
	u := shard.uses[key]
	switch {
	case u == nil:
		shard.uses[key] = &use{request: request}
		return keyFresh, receipt{}
	case u.request != request:
		return keyMisused, receipt{}
	case !u.done:
		return keyInFlight, receipt{}
	}
	return keyAnswered, u.answer
}

// settle applies the payment and keeps its answer for the key in one step, so
// that nothing can come between. Without a key it keeps nothing.
func (l *Ledger) settle(key, reference string, amount int64) receipt {
	if key == "" {
		return l.apply(reference, amount)
	}
	shard := &l.keys[maphash.String(l.seed, key)%shards]
	shard.mu.Lock()
	defer shard.mu.Unlock()
	r := l.apply(reference, amount)
	u := shard.uses[key]
	u.answer, u.done = r, true
	return r
}

// apply appends the payment to the ledger.
func (l *Ledger) apply(reference string, amount int64) receipt {
	shard := &l.applied[maphash.String(l.seed, reference)%shards]
	shard.mu.Lock()
	defer shard.mu.Unlock()
	shard.times[reference]++
	if shard.times[reference] == 2 {
		l.twice.Add(1)
	}
	return receipt{id: l.serial.Add(1), reference: reference, amount: amount}
}

// Applied returns how often the payment of that reference was applied.
func (l *Ledger) Applied(reference string) int {
	shard := &l.applied[maphash.String(l.seed, reference)%shards]
	shard.mu.Lock()
	defer shard.mu.Unlock()
	return shard.times[reference]
}

// Entries returns how many payments were applied in all; one that was applied
// twice counts twice.
func (l *Ledger) Entries() int {
	return int(l.serial.Load()) //nolint:gosec // a count of what fits into memory
}

// Twice returns how many payments were applied more than once.
func (l *Ledger) Twice() int { return int(l.twice.Load()) }

// Arrived returns how many requests arrived whole.
func (l *Ledger) Arrived() int { return int(l.arrived.Load()) }
