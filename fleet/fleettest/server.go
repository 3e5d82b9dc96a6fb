// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package fleettest

import (
	"slices"
	"sync"
	"time"

	"github.com/surefoot-go/surefoot/fleet"
)

// A Server is what the engines of some instances have in common, as a Redis
// server would be. It is safe for concurrent use. The zero value is not usable;
// call [NewServer].
type Server struct {
	mu      sync.Mutex
	spaces  map[string]*space
	epochs  uint64
	applied map[fleet.OpKind]int
	calls   Calls
}

// Calls counts what a [Server] was asked to do, and did.
type Calls struct {
	// Batches, Lists and Listens count the calls of the engines' methods that
	// reached the server.
	Batches, Lists, Listens int
	// Messages counts what was told, and Deliveries to how many listeners.
	Messages, Deliveries int
}

// NewServer returns a server that knows nothing yet.
func NewServer() *Server {
	return &Server{spaces: map[string]*space{}, applied: map[fleet.OpKind]int{}}
}

// Engine returns the engine of one more instance, with a network that works at
// once.
func (s *Server) Engine() *Engine {
	return &Engine{server: s, healed: make(chan struct{}), listeners: map[*listener]struct{}{}}
}

// Calls returns what has been counted.
func (s *Server) Calls() Calls {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls
}

// Applied returns how many ops of a kind were carried out.
func (s *Server) Applied(kind fleet.OpKind) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.applied[kind]
}

// Flush makes the server forget everything, as one without a disk does that
// starts again. Connections stay.
func (s *Server) Flush() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, sp := range s.spaces {
		sp.forget(s.nextEpoch())
	}
}

// Publish tells all who listen in a namespace something that no engine has said,
// such as garbage.
func (s *Server) Publish(namespace string, payload []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tell(s.space(namespace), slices.Clone(payload))
}

// Entries returns what is open and what cools down in a namespace.
func (s *Server) Entries(namespace string) []fleet.Entry {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.space(namespace).list(time.Now())
}

// nextEpoch must be called with the lock held.
func (s *Server) nextEpoch() uint64 {
	s.epochs++
	return s.epochs
}

// space must be called with the lock held.
func (s *Server) space(namespace string) *space {
	sp, ok := s.spaces[namespace]
	if !ok {
		sp = &space{name: namespace, listeners: map[*listener]struct{}{}}
		sp.forget(s.nextEpoch())
		s.spaces[namespace] = sp
	}
	return sp
}

// tell must be called with the lock held.
func (s *Server) tell(sp *space, payload []byte) {
	s.calls.Messages++
	for l := range sp.listeners {
		s.calls.Deliveries++
		l.put(payload)
	}
}

func (s *Server) apply(b fleet.Batch) []fleet.Lease {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls.Batches++
	sp := s.space(b.Namespace)
	run := batch{Batch: b, space: sp, now: time.Now(), tell: func(m fleet.Message) { s.tell(sp, m.Append(nil)) }}
	for _, op := range b.Ops {
		s.applied[op.Kind]++
		run.do(op)
	}
	return run.leases
}

func (s *Server) list(namespace, instance string, known fleet.Mark) fleet.List {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls.Lists++
	sp, now := s.space(namespace), time.Now()
	sp.prune(now)
	sp.instances[instance] = now
	l := fleet.List{Mark: sp.mark, Instances: len(sp.instances)}
	if known == sp.mark {
		l.Same = true
	} else {
		l.Entries = sp.list(now)
	}
	return l
}
