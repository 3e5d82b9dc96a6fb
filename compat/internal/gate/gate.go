// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Package gate lets a server wait until its client has seen the beginning of an
// answer. A stream that something on the way holds back does not get past it.
package gate

import (
	"context"
	"strconv"
	"sync"
	"time"
)

// limit is how long a server waits. A client that gets the beginning needs a
// thousandth of it; one that does not gets nothing more in any time.
const limit = 10 * time.Second

// A Gate has a door for each name. The zero value is ready to use, and safe for
// concurrent use.
type Gate struct {
	mu    sync.Mutex
	names int
	doors map[string]chan struct{}
}

// Name returns a name that nobody has, after a prefix.
func (g *Gate) Name(prefix string) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.names++
	return prefix + strconv.Itoa(g.names)
}

func (g *Gate) door(name string) chan struct{} {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.doors == nil {
		g.doors = make(map[string]chan struct{})
	}
	if g.doors[name] == nil {
		g.doors[name] = make(chan struct{}, 1)
	}
	return g.doors[name]
}

// Open lets one server that waits for name go on, now or when it comes.
func (g *Gate) Open(name string) {
	select {
	case g.door(name) <- struct{}{}:
	default: // it is open
	}
}

// Wait waits until the door is opened. It reports whether it was.
func (g *Gate) Wait(ctx context.Context, name string) bool {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	select {
	case <-g.door(name):
		return true
	case <-ctx.Done():
		return false
	}
}
