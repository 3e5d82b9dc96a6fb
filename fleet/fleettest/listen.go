// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package fleettest

import (
	"context"
	"sync"
	"time"
)

// maxWaiting is how many messages may be under way to one listener. A server
// that let them grow would run out of memory; Redis ends the connection, too.
const maxWaiting = 4096

// A listener is one call of Listen.
type listener struct {
	engine *Engine

	mu      sync.Mutex
	waiting []letter
	err     error
	wake    chan struct{} // has room for one
}

// A letter is a message that is under way.
type letter struct {
	at      time.Time
	payload []byte
}

// Listen is part of [fleet.Engine].
func (e *Engine) Listen(ctx context.Context, namespace string, ready func(), hear func(payload []byte)) error {
	l := &listener{engine: e, wake: make(chan struct{}, 1)}
	err := e.call(ctx, func() { e.join(namespace, l) })
	defer e.leave(namespace, l)
	if err != nil {
		return err
	}
	ready()
	for {
		payload, err := l.next(ctx)
		if err != nil {
			return err
		}
		hear(payload)
	}
}

func (e *Engine) join(namespace string, l *listener) {
	e.mu.Lock()
	e.listeners[l] = struct{}{}
	e.mu.Unlock()
	e.server.mu.Lock()
	defer e.server.mu.Unlock()
	e.server.calls.Listens++
	e.server.space(namespace).listeners[l] = struct{}{}
}

func (e *Engine) leave(namespace string, l *listener) {
	e.mu.Lock()
	delete(e.listeners, l)
	e.mu.Unlock()
	e.server.mu.Lock()
	defer e.server.mu.Unlock()
	delete(e.server.space(namespace).listeners, l)
}

// put sends a message on its way. The server calls it with its lock held.
func (l *listener) put(payload []byte) {
	l.engine.mu.Lock()
	state, latency := l.engine.state, l.engine.latency
	l.engine.mu.Unlock()
	if state != working {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.waiting) >= maxWaiting {
		l.err = errSlow
	} else {
		l.waiting = append(l.waiting, letter{time.Now().Add(latency / 2), payload})
	}
	l.poke()
}

func (l *listener) fail(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.err = err
	l.poke()
}

func (l *listener) poke() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// next waits for a message to arrive.
func (l *listener) next(ctx context.Context) ([]byte, error) {
	for {
		l.mu.Lock()
		err := l.err
		left := time.Hour
		if err == nil && len(l.waiting) > 0 {
			first := l.waiting[0]
			if left = time.Until(first.at); left <= 0 {
				l.waiting = l.waiting[1:]
				l.mu.Unlock()
				return first.payload, nil
			}
		}
		l.mu.Unlock()
		if err != nil {
			return nil, err
		}
		if err := l.rest(ctx, left); err != nil {
			return nil, err
		}
	}
}

// rest waits for a while, or until there is news.
func (l *listener) rest(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-l.wake:
	case <-timer.C:
	}
	return nil
}
