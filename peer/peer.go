// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package peer

import (
	"iter"
	"time"
)

// A Fleet shares what the layers of one process know with other processes.
// Each layer that is made with it joins it once, when it is first wrapped
// around something, and never leaves it. A link that is nil is one that nothing
// is told.
//
// A Fleet may have a method Observe(observe.Observer) (stop func()), like that of
// a transport.Transport, which then hands over to it whoever observes the stack:
// the status page shows that the fleet was lost, and found.
type Fleet interface {
	// ShareCircuits joins the circuits of a breaker. It must not call c.
	ShareCircuits(c Circuits) CircuitLink
	// ShareCoolDowns joins the cool-downs of a limiter. It must not call c.
	ShareCoolDowns(c CoolDowns) CoolDownLink
}

// A CircuitLink is what a breaker tells its fleet. The methods are called on
// the goroutines of calls, with no lock held but in Known: they must return at
// once, whatever the state of the network, and must not panic. They must be
// safe for concurrent use. Only what a process has seen by itself is told: not
// what came from the fleet, and not what somebody did by hand. Opened,
// ProbeFailed, ProbeWorked and Closed of one key come in their order and one at
// a time.
type CircuitLink interface {
	// Failing says that the last [Streak] attempts or more have failed, the
	// first of them since ago, and that the circuit is closed yet. It is called
	// again at each further failure.
	Failing(key string, since time.Duration)
	// Working takes the Failing before it back: an attempt has succeeded.
	Working(key string)
	// Opened says that the circuit has opened, and will let a probe through
	// after wait.
	Opened(key string, wait time.Duration)
	// ProbeFailed says that a probe has failed and that the next may go after
	// wait.
	ProbeFailed(key string, wait time.Duration)
	// ProbeWorked says that a probe has succeeded, and that more have to before
	// the circuit closes. A fleet may lend to everybody then, so that a host is
	// found again by the calls of all.
	ProbeWorked(key string)
	// Closed says that probes have closed the circuit.
	Closed(key string)
	// Wanted says that a call came which could have been the probe that is due,
	// but for the want of a lease. It is called once in 10 ms for a key at most.
	Wanted(key string)
	// Known returns what the fleet says of a key that is new to the breaker, for
	// an instance that has just started. It may be called with a lock held, and
	// must not call the breaker back.
	Known(key string) (v Verdict, open bool)
}

// Circuits is what a fleet tells a breaker. The methods are safe for concurrent
// use and do nothing for a key that the breaker does not have, or whose circuit
// somebody has forced. They take locks and tell the observer on the goroutine
// that calls them, so they must not be called from within a method of
// [CircuitLink], nor with a lock held that one of those takes. An observer that
// blocks delays the fleet, and all that it has to say to this process.
type Circuits interface {
	// Open opens the circuit, or goes on holding it open, in the fleet's name. One
	// that is half-open goes back to open, unless it is so on a lease of the
	// fleet's, of which this is no news. One that is closed, and whose last attempt
	// has just succeeded, stays so and opens at its first failure, as long as v is
	// valid.
	Open(key string, v Verdict)
	// Close closes the circuit and empties its window, if it is open in the
	// fleet's name. One that has not opened yet forgets the verdict.
	Close(key string)
	// Lend lets the circuit, if it is open in the fleet's name, send probes for the
	// next d, once its wait is over. Zero takes a lease back; a probe that is under way may
	// still close the circuit.
	Lend(key string, d time.Duration)
	// Wants reports whether a call was rejected within the last window and since
	// the circuit opened, or since the last probe began: whether a lease would be
	// of use. It is false for a circuit that is not in the fleet's hands.
	Wants(key string) bool
	// Active returns the keys that had attempts which count, or rejections,
	// within the last window.
	Active() iter.Seq[string]
}

// A Verdict is what a fleet says of a circuit that it holds open.
type Verdict struct {
	// Wait is the time until the next probe may go, by whoever holds the lease.
	Wait time.Duration
	// Valid is how long the circuit stays in the fleet's hands without another
	// word from it. After that it goes on by itself: it lets a probe through
	// without a lease, once its wait is over.
	Valid time.Duration
}

// Streak is after how many failures in a row a breaker says that a host is
// failing, before it has enough of them to open its circuit. Where one in five
// instances has so many, more than half of all attempts fail (0.2 is 0.585 cubed);
// a fleet lets a streak count only when it is a second old, which at that rate it
// hardly ever gets.
const Streak = 3

// A CoolDownLink is what a limiter tells its fleet, under the rules of
// [CircuitLink].
type CoolDownLink interface {
	// Cooling says that a server has asked everybody to wait. Failing says that
	// it did so because it cannot serve (503), and not because it was asked
	// for too much (429). No wait, with failing, says that a probe has found the
	// server well, and takes back what was said before.
	Cooling(key string, wait time.Duration, failing bool)
	// Known returns what is left of a cool-down of a key that is new to the
	// limiter, or zero.
	Known(key string) (wait time.Duration, failing bool)
}

// CoolDowns is what a fleet tells a limiter, under the rules of [Circuits].
type CoolDowns interface {
	// Cool begins a cool-down, or makes one longer. Of a key that the limiter does
	// not have it keeps nothing but that there is one: the next attempt to it asks
	// Known, which has to say so from before Cool is called. It does nothing where
	// a probe of the limiter's own has ended the same cool-down.
	Cool(key string, wait time.Duration, failing bool)
	// Active returns the keys that had attempts lately, as far as the limiter
	// has looked at them: those of [Circuits] are more.
	Active() iter.Seq[string]
}
