// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package fleet

import (
	"context"
	"time"
)

// An Engine keeps what the instances of a fleet have in common: who reports
// what, which circuits are open for all, who may probe. [New] uses one in Redis
// or Valkey; package fleettest has one in memory, and a suite that every Engine
// has to pass.
//
// The methods block, for as long as the network takes or until ctx ends. A Fleet
// calls them from goroutines of its own only. All times of an Engine are by its
// own clock; what goes in and comes out are durations, so that the clocks of the
// instances do not matter. An Engine must be safe for concurrent use.
type Engine interface {
	// Apply carries out the ops of a batch in their order, as one step if it
	// can, and returns for each op of the kind [OpLease] its answer, in their
	// order. Whatever changes for all is told to all who listen.
	Apply(ctx context.Context, b Batch) ([]Lease, error)
	// List returns what is open and what cools down in a namespace, and counts
	// the instance among those that live. If known is the mark of the engine's
	// present state, it may say so in place of a list.
	List(ctx context.Context, namespace, instance string, known Mark) (List, error)
	// Listen calls ready when it has begun to listen, and then hear for each
	// message, in order and one at a time, until ctx ends or the connection
	// breaks; it returns why. What hear is given is not kept after it returns.
	Listen(ctx context.Context, namespace string, ready func(), hear func(payload []byte)) error
}

// A Batch is what an instance tells an [Engine] at a time.
type Batch struct {
	// Namespace is the part of the engine that is meant. Those of different
	// names have nothing to do with each other.
	Namespace string
	// Instance is the name of the instance, unlike that of any other.
	Instance string
	// Quorum and Share are how many instances have to agree: Quorum of them, or
	// the given share of those that lately called the key, whichever is more.
	Quorum int
	Share  float64
	// MaxKeys is how many keys may be open, and how many may cool down, at once.
	MaxKeys int
	// Ops are what to do, at most [MaxOps] of them.
	Ops []Op
}

// MaxOps is the length of a batch.
const MaxOps = 64

// An OpKind says what an [Op] does.
type OpKind uint8

const (
	// OpSeen says that the instance has called the key lately.
	OpSeen OpKind = iota
	// OpReport is evidence: the instance's attempts fail, its circuit is open,
	// or a server asked it to wait. If enough instances have such a report, the
	// key becomes open (or cools down) for all.
	OpReport
	// OpWithdraw takes the report of the instance back.
	OpWithdraw
	// OpHold says that a probe of the instance has failed. If the key is open it
	// stays so for another Wait, and the instance's lease is over. If not, it
	// is a report.
	OpHold
	// OpRestore makes the key open if it is not: the engine has lost what it
	// knew, and this instance still knows.
	OpRestore
	// OpClose says that the host works. If the key is open, it is so no longer,
	// and all that was reported of it is forgotten. If not, it takes back what the
	// instance has reported.
	OpClose
	// OpLease asks for the lease of an open key: the right to probe. If it is
	// granted, and the instance did not have it, everybody is told.
	OpLease
	// OpRelease gives it back, and tells everybody.
	OpRelease
	// OpWorked says that a probe has succeeded. If the key is open, everybody is
	// told.
	OpWorked
	// OpHelp says that the instance has the lease, and that nothing has come of it
	// yet. If it has, everybody is told.
	OpHelp
)

// A Subject says what is shared of a key.
type Subject uint8

const (
	// Circuit is the subject of circuits.
	Circuit Subject = iota
	// CoolDown is the subject of cool-downs.
	CoolDown
)

// An Op is one thing that an instance wants done. Fields that say nothing of its
// kind are zero.
type Op struct {
	Kind    OpKind
	Subject Subject
	Key     string
	// Since is how old a streak of failures is.
	Since time.Duration
	// Wait is how long the circuit waits before it probes, or the cool-down
	// lasts.
	Wait time.Duration
	// Keep is how long a report holds if nobody takes it back, a key stays open
	// if nobody says more of it, or a lease lasts.
	Keep time.Duration
	// Flag says of a report that the circuit of the instance is open, and of a
	// cool-down that the server fails.
	Flag bool
}

// A Lease is the answer to an [OpLease].
type Lease struct {
	// Granted says that the instance has the lease.
	Granted bool
	// Open says that the key is open at all.
	Open bool
	// Left is how long to wait before asking again, if it was not granted: until
	// the wait of the key, or somebody else's lease, is over.
	Left time.Duration
}

// A Mark names a state of an engine. Two equal marks name equal states.
type Mark struct {
	// Epoch is another for each time that the engine has started from nothing.
	Epoch uint64
	// Revision grows with each change. It is smaller than before if the engine
	// has lost the last changes, as a replica may that becomes the master.
	Revision uint64
}

// A List is all that is open and cools down in a namespace.
type List struct {
	// Mark names the state.
	Mark Mark
	// Same says that the mark is the known one, and the list was left out.
	Same bool
	// Instances is how many of them have asked for a list lately.
	Instances int
	// Entries are in no order.
	Entries []Entry
}

// An Entry is a key that is open, or cools down, for all.
type Entry struct {
	Subject Subject
	Key     string
	// Wait is what is left of the wait before the next probe, or of the
	// cool-down. It is not negative.
	Wait time.Duration
	// Keep is how long the entry lasts if nobody says more of it.
	Keep time.Duration
	// Flag says of a cool-down that the server fails.
	Flag bool
}

// What engines agree on.
const (
	// StreakTime is how old a streak of failures has to be before it counts:
	// what is over within a second is for retries to bridge.
	StreakTime = time.Second
	// CallerTime is for how long an instance counts as one that called a key, and
	// as one that lives.
	CallerTime = 15 * time.Second
	// FirstWait is the time to the first probe of a key that streaks have opened,
	// of which none says how long to wait.
	FirstWait = time.Second
	// MaxKeep bounds all that engines keep.
	MaxKeep = 3 * time.Minute
	// MaxKey is the length of a key. Longer ones are not shared.
	MaxKey = 512
	// Ahead is how far into the future a time may lie. What is later comes from
	// a clock that has been set back, or from another server's, and is dropped.
	Ahead = time.Second
)

// KeepOf returns how long a key stays open, counted from now, that has the given
// wait before it: so long after its wait that a lease or two may be lost, and no
// longer, since somebody who calls it once a minute is not well served by a fleet
// that waits for him.
func KeepOf(wait time.Duration) time.Duration {
	wait = max(wait, 0)
	return min(wait+min(max(3*wait, 5*time.Second), time.Minute), MaxKeep)
}
