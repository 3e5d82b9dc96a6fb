// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package storm

import (
	"math"
	"time"
)

// never is when what is lost is answered.
const never = time.Duration(math.MaxInt64)

// A Server is a queue, first come first served, and workers. It holds no
// requests: who comes first is served first, so what becomes of a request is
// known the moment it arrives. It is not safe for concurrent use.
type Server struct {
	// Queue is how many requests may wait for a worker.
	Queue int
	// The workers stand still from FrozenFrom to FrozenTo. Requests are queued
	// all the same.
	FrozenFrom, FrozenTo time.Duration
	// Work that begins from SlowFrom to SlowTo takes SlowFactor times as long.
	SlowFrom, SlowTo time.Duration
	SlowFactor       float64

	// free has, for each worker, when it is done with all that was given to it,
	// and begins when each request begins that may still wait. Both are in the
	// time that the workers worked, which stands still when they do.
	free   []time.Duration
	begins []time.Duration
	head   int // of begins; what is before has begun
}

// NewServer returns a server with idle workers.
func NewServer(workers, queue int) *Server {
	return &Server{Queue: queue, free: make([]time.Duration, workers)}
}

// Arrive gives the server a request that needs so much work, and returns when it
// is done. It must be called in the order of time. A full queue takes nothing,
// and ok is false.
func (s *Server) Arrive(now, work time.Duration) (done time.Duration, ok bool) {
	worked := s.worked(now)
	first := 0
	for i, t := range s.free {
		if t < s.free[first] {
			first = i
		}
	}
	begin := max(worked, s.free[first])
	if begin > worked {
		if s.waiting(worked) >= s.Queue {
			return never, false
		}
		s.begins = append(s.begins, begin)
	}
	if at := s.clock(begin); at >= s.SlowFrom && at < s.SlowTo {
		work = time.Duration(float64(work) * s.SlowFactor)
	}
	s.free[first] = begin + work
	return s.clock(begin + work), true
}

// waiting returns how many requests wait. Those that have begun are forgotten.
func (s *Server) waiting(worked time.Duration) int {
	for s.head < len(s.begins) && s.begins[s.head] <= worked {
		s.head++
	}
	if s.head > s.Queue { // so that begins does not grow for ever
		s.begins = append(s.begins[:0], s.begins[s.head:]...)
		s.head = 0
	}
	return len(s.begins) - s.head
}

// worked tells how long the workers have worked at a time of the clock.
func (s *Server) worked(at time.Duration) time.Duration {
	switch {
	case at < s.FrozenFrom:
		return at
	case at < s.FrozenTo:
		return s.FrozenFrom
	}
	return at - (s.FrozenTo - s.FrozenFrom)
}

// clock is the inverse of worked. What happens just as they stand still happens
// when they go on.
func (s *Server) clock(worked time.Duration) time.Duration {
	if worked < s.FrozenFrom {
		return worked
	}
	return worked + (s.FrozenTo - s.FrozenFrom)
}
