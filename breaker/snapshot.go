// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package breaker

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/surefoot-go/surefoot/internal/keyed"
)

// A Circuit is what can be seen of a circuit at one moment. It is a plain
// value.
type Circuit struct {
	// Key names the circuit.
	Key string
	// State is the state at its last change. An open circuit whose time is over
	// stays [Open] until a call comes along to probe it.
	State State
	// Forced says that State was set by [Breaker.ForceOpen] or
	// [Breaker.ForceClosed], and lasts.
	Forced bool
	// Fleet says that a fleet holds the circuit open, so that its probes need a
	// lease; see [WithFleet].
	Fleet bool
	// RetryAfter is the time until the next probe may go. It is zero unless
	// the circuit is open, and where it is forced to be: no probe will go.
	RetryAfter time.Duration
	// Successes and Failures are in the window now.
	Successes, Failures uint64
	// TotalSuccesses and TotalFailures count since the circuit was made, but
	// not what came while it was open or half-open. They never go down, as
	// befits counters: a success whose body breaks later becomes a failure, and
	// the successes then stand still for one.
	TotalSuccesses, TotalFailures uint64
	// Rejected counts rejections since the circuit was made.
	Rejected uint64
}

// Snapshot returns all circuits, sorted by key. It locks no circuit, so the
// numbers of one may be a moment apart.
func (b *Breaker) Snapshot() []Circuit {
	entries := b.circuits.Entries()
	circuits := make([]Circuit, 0, len(entries))
	for _, e := range entries {
		circuits = append(circuits, b.look(&e.Value))
	}
	slices.SortFunc(circuits, func(x, y Circuit) int { return cmp.Compare(x.Key, y.Key) })
	return circuits
}

// State returns the state of the circuit of a key, in the form that
// [Circuit].Key has. A key that is not known is [Closed].
func (b *Breaker) State(key string) State {
	if c := b.find(key); c != nil {
		return stateOf(c.word.Load())
	}
	return Closed
}

// find returns the circuit of a key in the form that [Circuit].Key has, or nil.
func (b *Breaker) find(key string) *circuit {
	k := keyed.Key{Host: key}
	if scheme, host, ok := strings.Cut(key, "://"); ok && b.key == nil {
		k = keyed.Key{Scheme: scheme, Host: host}
	}
	if e := b.circuits.Peek(k); e != nil {
		return &e.Value
	}
	return nil
}

func (b *Breaker) look(c *circuit) Circuit {
	now := b.now()
	seen := Circuit{Key: c.name, State: stateOf(c.word.Load()), Forced: c.forced.Load(), Rejected: c.rejected.Load()}
	seen.Successes, seen.Failures = c.window.sum(b.span, b.span.tick(now))
	successes, failures := c.window.totals()
	seen.TotalSuccesses = raise(&c.told.successes, successes)
	seen.TotalFailures = raise(&c.told.failures, failures)
	seen.Fleet = c.fleet.held(now)
	if seen.State == Open && !seen.Forced {
		seen.RetryAfter = max(time.Duration(c.openUntil.Load()-now), 0)
	}
	return seen
}
