// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package breaker_test

import (
	"time"

	"github.com/surefoot-go/surefoot/breaker"
	"github.com/surefoot-go/surefoot/observe"
)

// A model is what a circuit has to do, written down as plainly as can be: it
// keeps every outcome in a list and counts anew each time, knows no
// concurrency, and shares no code with the package. See model_run_test.go for
// how the two are compared.
type model struct {
	// The rules.
	ratio               float64
	min, probes         int
	window, slot, lease time.Duration // a slot is one step of the window
	openFor, maxOpenFor time.Duration

	now        time.Duration
	state      breaker.State
	generation int // goes up by one with each change of state

	// While closed.
	outcomes    []counted // of this generation
	streak      int       // failures in a row
	streakSince time.Duration
	lastFailure time.Duration // -1 for none
	recent      time.Duration // the slot that the clock last gave
	busy        bool          // it serves for the next successes, too

	// While open or half-open.
	base       time.Duration // of this open time
	retryAfter time.Duration // the server's, of this opening
	openUntil  time.Duration
	good       int      // probes in a row that succeeded
	probe      *attempt // the one that keeps others out
	leaseUntil time.Duration

	forced bool // into its state, by hand

	fleet      *modelFleet   // nil without one
	exactly    time.Duration // how long a fleet has opened it for; 0 where it has not
	rejectedAs breaker.State // the last time

	rejected, failures uint64 // ever
	events             []observe.Kind
}

// counted is an outcome in the window.
type counted struct {
	slot time.Duration
	good bool
}

// attempt is one that was let through.
type attempt struct {
	generation int
	probing    bool
	watched    bool          // its body is
	slot       time.Duration // in which its success was counted
}

func (m *model) change(s breaker.State, event observe.Kind) {
	m.state = s
	m.generation++
	m.events = append(m.events, event)
}

// begin returns the attempt, or for how long it is rejected.
func (m *model) begin() (*attempt, time.Duration) {
	if m.state == breaker.Open && m.forced {
		m.rejectedAs = m.state
		return nil, m.reject(m.openFor)
	}
	m.rejectedAs = m.state
	if m.state == breaker.Open && m.now >= m.openUntil {
		if m.needsLease() {
			return nil, m.missed()
		}
		m.change(breaker.HalfOpen, observe.CircuitHalfOpened)
		m.good, m.probe = 0, nil
	}
	a := &attempt{generation: m.generation}
	switch {
	case m.state == breaker.Closed:
		return a, 0
	case m.state == breaker.Open:
		return nil, m.reject(m.openUntil - m.now)
	case m.probe != nil && m.now < m.leaseUntil:
		return nil, m.reject(min(m.leaseUntil-m.now, m.openFor))
	case m.needsLease():
		m.rejectedAs = breaker.Open
		return nil, m.missed()
	}
	a.probing = true
	m.probe, m.leaseUntil = a, m.now+m.lease
	return a, 0
}

func (m *model) reject(wait time.Duration) time.Duration {
	m.rejected++
	m.events = append(m.events, observe.Rejected)
	return wait
}

// end takes the outcome of an attempt.
func (m *model) end(a *attempt, out result) {
	current := a.generation == m.generation
	switch {
	case a.probing:
		a.watched = out.kind == good && out.body
		if current {
			m.endProbe(a, out)
		}
	case !current:
	case out.kind == good:
		a.slot = m.succeed()
		m.streak = 0
		if m.fleet != nil && m.fleet.failing {
			m.fleet.failing = false
			m.tell("working")
		}
		a.watched = out.body && (m.goodIn(a.slot)%16 == 1 || m.lastFailure >= 0 && m.now-m.lastFailure < m.window)
	case out.kind == bad:
		m.fail(out.retryAfter / 5)
	}
}

func (m *model) endProbe(a *attempt, out result) {
	if m.probe == a {
		m.probe = nil
	}
	switch out.kind {
	case good:
		if m.good++; m.good == m.probes {
			m.leaveFleet()
			m.change(breaker.Closed, observe.CircuitClosed)
			m.forget()
			m.tell("closed")
		} else {
			m.tell("probe worked")
		}
	case bad, slowDown:
		m.tell("probe failed")
		m.base = min(2*m.base, m.maxOpenFor)
		wait := out.retryAfter
		if out.kind == bad {
			wait /= 5 // a server that fails may be back before it expects to be
		}
		m.open(wait)
	case nothing:
	}
}

// fail counts a failure of a closed circuit.
func (m *model) fail(retryAfter time.Duration) {
	m.failures++
	m.recent, m.busy = m.now/m.slot, false
	m.outcomes = append(m.outcomes, counted{m.recent, false})
	m.lastFailure = m.now
	if m.streak++; m.streak == 1 {
		m.streakSince = m.now
	}
	successes, failures := m.sum()
	total := successes + failures
	tooMany := total >= m.min && float64(failures)/float64(total) >= m.ratio
	tooLong := m.streak >= m.min && m.now-m.streakSince >= min(m.window, time.Second)
	switch {
	case m.forced:
	case tooMany, tooLong:
		m.base = m.openFor
		m.tell("opened for")
		m.open(retryAfter)
	case m.streak >= 3 && m.fleet != nil:
		m.fleet.failing = true
		m.tell("failing for", m.now-m.streakSince)
	}
	m.believe()
}

// forget empties the window.
func (m *model) forget() {
	m.outcomes, m.streak, m.lastFailure = nil, 0, -1
	m.recent, m.busy = 0, false
	if m.fleet != nil {
		m.fleet.failing = false
	}
}

func (m *model) forceOpen() {
	m.forced = true
	m.leaveFleet()
	if m.state != breaker.Open {
		m.change(breaker.Open, observe.CircuitOpened)
	}
}

func (m *model) forceClosed() {
	if m.state != breaker.Closed {
		m.reset()
	}
	m.leaveFleet()
	m.forced = true
}

func (m *model) reset() {
	m.forced = false
	m.leaveFleet()
	if m.state == breaker.Closed {
		m.generation++
	} else {
		m.change(breaker.Closed, observe.CircuitClosed)
	}
	m.forget()
}

// open leaves to the comparison when it ends, which may depend on chance.
func (m *model) open(retryAfter time.Duration) {
	m.retryAfter = min(retryAfter, breaker.MaxRetryAfter)
	m.exactly = 0
	if m.fleet != nil {
		m.fleet.lentUntil = 0
	}
	m.change(breaker.Open, observe.CircuitOpened)
}

// openTimes returns the bounds of the open time.
func (m *model) openTimes() (least, most time.Duration) {
	if m.forced {
		return 0, 0
	}
	if m.exactly != 0 {
		return m.exactly, m.exactly
	}
	least, most = m.base, m.base
	if m.openFor != m.maxOpenFor {
		most += m.base / 10
	}
	return max(least, m.retryAfter), max(most, m.retryAfter)
}

// breaks is told that a body broke that its caller still wanted.
func (m *model) breaks(a *attempt) {
	if !a.watched {
		return
	}
	m.events = append(m.events, observe.BodyFailed)
	switch {
	case a.probing && a.generation == m.generation:
		m.endProbe(a, result{kind: bad})
	case a.probing && a.generation+1 == m.generation && m.state == breaker.Closed:
		m.fail(0)
	case !a.probing && a.generation == m.generation:
		m.takeBack(a.slot)
		m.fail(0)
	}
}

// succeed counts a success and returns its slot: the present one, unless eight
// came in a row in one slot, and then that one until another eight have come.
func (m *model) succeed() time.Duration {
	slot := m.now / m.slot
	if m.busy {
		slot = m.recent
	}
	m.outcomes = append(m.outcomes, counted{slot, true})
	n := m.goodIn(slot)
	switch {
	case m.busy && n%8 == 0:
		m.busy = m.now/m.slot == m.recent
		m.recent = m.now / m.slot
	case !m.busy:
		m.busy = slot == m.recent && n >= 8
		m.recent = slot
	}
	return slot
}

// takeBack removes a success of a slot.
func (m *model) takeBack(slot time.Duration) {
	for i, o := range m.outcomes {
		if o.slot == slot && o.good {
			m.outcomes = append(m.outcomes[:i], m.outcomes[i+1:]...)
			return
		}
	}
}

// sum counts what is in the window, which ends with the slot of now.
func (m *model) sum() (successes, failures int) {
	oldest := m.now/m.slot - (m.window+m.slot-1)/m.slot
	for _, o := range m.outcomes {
		switch {
		case o.slot <= oldest:
		case o.good:
			successes++
		default:
			failures++
		}
	}
	return successes, failures
}

func (m *model) goodIn(slot time.Duration) (n int) {
	for _, o := range m.outcomes {
		if o.slot == slot && o.good {
			n++
		}
	}
	return n
}
