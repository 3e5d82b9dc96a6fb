// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package fleettest

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/surefoot-go/surefoot/fleet"
)

// ErrCut is what an [Engine] returns whose network is cut.
var ErrCut = errors.New("fleettest: the network is cut")

// errSlow is what a listener gets that has not heard for too long.
var errSlow = errors.New("fleettest: too many messages wait to be heard")

// An Engine is how one instance reaches a [Server]. It is safe for concurrent use.
// The zero value is not usable; call [Server.Engine].
type Engine struct {
	server *Server

	mu        sync.Mutex
	latency   time.Duration
	state     network
	healed    chan struct{} // closed when the state changes
	listeners map[*listener]struct{}
}

var _ fleet.Engine = (*Engine)(nil)

type network uint8

const (
	working network = iota
	cut
	silent
)

// SetLatency sets how long the network takes for a call and its answer together,
// and twice as long as for a message. The default is no time at all.
func (e *Engine) SetLatency(d time.Duration) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.latency = max(d, 0)
}

// Cut ends all connections and refuses new ones, until [Engine.Heal].
func (e *Engine) Cut() { e.become(cut) }

// Silence loses all that is sent, without an error: calls do not come back until
// their contexts end, and messages do not come, until [Engine.Heal].
func (e *Engine) Silence() { e.become(silent) }

// Heal makes the network work again.
func (e *Engine) Heal() { e.become(working) }

func (e *Engine) become(n network) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.state = n
	close(e.healed)
	e.healed = make(chan struct{})
	for l := range e.listeners {
		if n == cut {
			l.fail(ErrCut)
		}
	}
}

// Apply is part of [fleet.Engine].
func (e *Engine) Apply(ctx context.Context, b fleet.Batch) ([]fleet.Lease, error) {
	var leases []fleet.Lease
	err := e.call(ctx, func() { leases = e.server.apply(b) })
	return leases, err
}

// List is part of [fleet.Engine].
func (e *Engine) List(ctx context.Context, namespace, instance string, known fleet.Mark) (fleet.List, error) {
	var list fleet.List
	err := e.call(ctx, func() { list = e.server.list(namespace, instance, known) })
	return list, err
}

// call goes there, does it and comes back.
func (e *Engine) call(ctx context.Context, do func()) error {
	half := e.half()
	if err := e.travel(ctx, half); err != nil {
		return err
	}
	do()
	return e.travel(ctx, half)
}

func (e *Engine) half() time.Duration {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.latency / 2
}

// travel takes d, or until the context ends where the network is silent.
func (e *Engine) travel(ctx context.Context, d time.Duration) error {
	if d > 0 {
		if err := sleep(ctx, d); err != nil {
			return err
		}
	}
	e.mu.Lock()
	state := e.state
	e.mu.Unlock()
	switch state {
	case cut:
		return ErrCut
	case silent: // what was sent is lost, whatever comes after
		<-ctx.Done()
	case working:
	}
	return context.Cause(ctx)
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}
