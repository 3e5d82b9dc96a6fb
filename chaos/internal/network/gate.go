// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package network

import (
	"context"
	"sync"
)

// A Gate lets calls in, and outages happen, so that no call ever meets two
// outages: the next one waits until all calls that may have met the last are
// over. A client that makes four attempts can therefore complete every call.
// Between two outages lies a number of calls, not a time. It is safe for
// concurrent use.
type Gate struct {
	between int // calls between outages
	during  int // calls that may begin in one, and are under way when it begins

	mu       sync.Mutex
	changed  sync.Cond
	dealt    int
	limit    int
	epoch    int         // how many outages are over
	underWay map[int]int // calls by the epoch that they began in
	long     map[int]bool
}

// NewGate returns a gate for that many callers.
func NewGate(between, callers int) *Gate {
	g := &Gate{between: between, during: callers, limit: between, underWay: map[int]int{}, long: map[int]bool{}}
	g.changed.L = &g.mu
	return g
}

// Enter waits until the next call may begin. It returns the epoch of the call,
// for Leave, or false if ctx ends first.
func (g *Gate) Enter(ctx context.Context) (int, bool) {
	if g == nil {
		return 0, ctx.Err() == nil
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.awaitLocked(ctx, func() bool { return g.dealt < g.limit }) {
		return 0, false
	}
	g.dealt++
	g.underWay[g.epoch]++
	g.changed.Broadcast()
	return g.epoch, true
}

// Leave ends a call.
func (g *Gate) Leave(epoch int) {
	if g == nil {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.underWay[epoch]--; g.underWay[epoch] == 0 {
		delete(g.underWay, epoch)
		g.changed.Broadcast()
	}
}

// Excused reports whether calls of that epoch met an outage that took too long.
func (g *Gate) Excused(epoch int) bool {
	if g == nil {
		return false
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.long[epoch]
}

// begin waits until the next outage may happen. It returns false if ctx ends
// first.
func (g *Gate) begin(ctx context.Context) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	ready := func() bool {
		for epoch := range g.underWay {
			if epoch < g.epoch {
				return false
			}
		}
		return g.dealt >= g.limit-g.during
	}
	if !g.awaitLocked(ctx, ready) {
		return false
	}
	g.limit = g.dealt + 2*g.during
	g.changed.Broadcast()
	return true
}

// end ends an outage. Long says that it took too long.
func (g *Gate) end(long bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if long {
		g.long[g.epoch] = true
	}
	g.epoch++
	g.limit = g.dealt + g.between
	g.changed.Broadcast()
}

func (g *Gate) awaitLocked(ctx context.Context, ready func() bool) bool {
	if ready() {
		return ctx.Err() == nil
	}
	stop := context.AfterFunc(ctx, func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.changed.Broadcast()
	})
	defer stop()
	for ctx.Err() == nil {
		if ready() {
			return true
		}
		g.changed.Wait()
	}
	return false
}
