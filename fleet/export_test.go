// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package fleet

import (
	"time"

	"github.com/redis/go-redis/v9"
)

// NewRedisEngine makes the engine of New.
func NewRedisEngine(client redis.UniversalClient, prefix string) Engine { //nolint:ireturn // what it is made of is private
	return newRedisEngine(client, prefix)
}

// Outcome is as if a list, or else a batch, had been answered that was sent at a time.
func (f *Fleet) Outcome(list bool, began time.Time, err error) {
	kind := methodApply
	if list {
		kind = methodList
	}
	f.outcome(kind, began, err)
}

// Turn is how many hosts are looked after under one hold of the lock.
const Turn = turn

// Walk walks over all hosts, and returns how many each hold of the lock saw of which
// key. In between it calls a function.
func (f *Fleet) Walk(between func()) (turns []map[string]int) {
	now := map[string]int{}
	f.walk(func(h *host) { now[h.id.key]++ }, func() {
		turns = append(turns, now)
		now = map[string]int{}
		between()
	})
	return turns
}

// Forget forgets a circuit, as a sweep does that finds nothing of it.
func (f *Fleet) Forget(key string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.remove(f.hosts[id{Circuit, key}])
}
