// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package breaker_test

import (
	"fmt"
	"strings"
	"time"

	"github.com/surefoot-go/surefoot/breaker"
	"github.com/surefoot-go/surefoot/observe"
	"github.com/surefoot-go/surefoot/peer"
)

// modelFleet is the part of a model that a fleet has to do with.
type modelFleet struct {
	heldUntil, lentUntil time.Duration // 0 for not
	failing              bool          // the fleet was told so
	wantedAt             time.Duration // -1 for never

	doubtedUntil, doubtedWait time.Duration // a verdict that is not believed
	told                      []string
}

func (m *model) tell(words ...any) {
	if m.fleet != nil {
		m.fleet.told = append(m.fleet.told, strings.TrimSuffix(fmt.Sprintln(words...), "\n"))
	}
}

func (m *model) held() bool       { return m.fleet != nil && m.now < m.fleet.heldUntil }
func (m *model) needsLease() bool { return m.held() && m.now >= m.fleet.lentUntil }

func (m *model) leaveFleet() {
	if m.fleet != nil {
		m.fleet.heldUntil, m.fleet.lentUntil, m.fleet.doubtedUntil = 0, 0, 0
	}
}

// missed rejects a call for the want of a lease.
func (m *model) missed() time.Duration {
	if m.fleet.wantedAt < 0 || m.now-m.fleet.wantedAt >= 10*time.Millisecond {
		m.fleet.wantedAt = m.now
		m.tell("wanted")
	}
	return m.reject(m.openFor)
}

// works reports whether the last attempt succeeded, and lately. The window of
// the model is shorter than the two seconds for which a success speaks against a
// verdict, so any success in it is late enough.
func (m *model) works() bool {
	successes, _ := m.sum()
	return m.state == breaker.Closed && m.streak == 0 && successes > 0
}

// believe opens a closed circuit after a failure, if the fleet has said so.
func (m *model) believe() {
	if f := m.fleet; f != nil && m.state == breaker.Closed && m.now < f.doubtedUntil {
		m.heard(peer.Verdict{Wait: f.doubtedWait - m.now, Valid: f.doubtedUntil - m.now})
	}
}

// heard is told what the fleet says.
func (m *model) heard(v peer.Verdict) {
	if m.forced {
		return
	}
	m.fleet.doubtedUntil = 0
	if m.works() {
		m.fleet.doubtedUntil = m.now + v.Valid
		m.fleet.doubtedWait = m.now + max(v.Wait, time.Millisecond)
		return
	}
	held, lent := m.held(), m.now < m.fleet.lentUntil
	m.fleet.heldUntil = m.now + v.Valid
	if m.state == breaker.HalfOpen && held && (lent || v.Wait == 0) {
		return
	}
	wait := max(v.Wait, time.Millisecond)
	if m.state != breaker.Open {
		m.fleet.lentUntil = 0
		m.base, m.retryAfter = m.openFor, 0
		m.change(breaker.Open, observe.CircuitOpened)
		m.exactly = wait
	}
	m.openUntil = m.now + wait
}

func (m *model) heardClose() {
	if !m.forced {
		m.fleet.doubtedUntil = 0
	}
	if !m.forced && m.state != breaker.Closed && m.held() {
		m.leaveFleet()
		m.change(breaker.Closed, observe.CircuitClosed)
		m.forget()
	}
}

func (m *model) heardLend(d time.Duration) {
	if !m.forced && m.state != breaker.Closed && m.held() {
		m.fleet.lentUntil = m.now + d
	}
}

// hear has the fleet say something.
func (r *run) hear(what, first, second byte) {
	if r.fleet == nil || len(r.b.Snapshot()) == 0 {
		return
	}
	d, valid := steps[int(first)%len(steps)], steps[int(second)%len(steps)]
	switch what % 4 {
	case 0, 1:
		v := peer.Verdict{Wait: d, Valid: valid}
		if what%4 == 1 {
			v.Wait = 0
		}
		r.say("the fleet: open for %s, valid %s", v.Wait, v.Valid)
		r.model.heard(v)
		r.fleet.joined[0].Open(url, v)
	case 2:
		r.say("the fleet: a lease of %s", d)
		r.model.heardLend(d)
		r.fleet.lend(d)
	case 3:
		r.say("the fleet: close")
		r.model.heardClose()
		r.fleet.shut()
	}
}

// compareFleet checks what the fleet has heard. How long a circuit stays open is
// left to the other comparison.
func (r *run) compareFleet(c breaker.Circuit) {
	r.Helper()
	m := r.model
	if m.fleet == nil {
		return
	}
	got := r.fleet.said
	for i, text := range got {
		for _, start := range []string{"opened for", "probe failed"} {
			if strings.HasPrefix(text, start) {
				got[i] = start
			}
		}
	}
	if fmt.Sprint(got) != fmt.Sprint(m.fleet.told) {
		r.fail("the fleet was told %q, want %q", got, m.fleet.told)
	}
	r.fleet.said, m.fleet.told = nil, nil
	if want := m.state != breaker.Closed && m.held(); c.Fleet != want {
		r.fail("got %+v, want it in the fleet's hands: %v", c, want)
	}
}
