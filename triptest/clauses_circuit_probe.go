// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package triptest

import (
	"context"
	"time"
)

func circuitProbeClauses() []Clause {
	return []Clause{
		{
			Name:   "circuit/recovers",
			Source: "Nygard, Release It!, circuit breaker",
			Doc:    "When the host is well again, requests are let through after a while.",
			Needs:  "Circuit", fakeClock: true, run: circuitRecovers,
		},
		{
			Name:   "circuit/few-probes",
			Source: complaints + "Polly#216, safe-global#3442 (half-open lets a whole timeout's worth of traffic in)",
			Doc:    "While nobody knows whether the host is well again, few requests are let through.",
			Needs:  "Circuit", fakeClock: true, run: fewProbes,
		},
		{
			Name:   "circuit/hung-probe",
			Source: complaints + "gobreaker (a probe that never reports leaves it half-open for ever)",
			Doc:    "A probe that hangs until its caller gives up does not close the circuit for ever to others.",
			Needs:  "Circuit", fakeClock: true, run: hungProbe,
		},
		{
			Name:   "circuit/panicking-probe",
			Source: complaints + "failsafe-go (the permit is never returned)",
			Doc:    "A probe in which the base panics does not keep the circuit from closing later.",
			Needs:  "Circuit", fakeClock: true, run: panickingProbe,
		},
	}
}

// opened builds a circuit that is open, and lets so much time pass that any
// would let a probe through.
func (p *probe) opened() *circuit {
	c := p.circuit(Respond(200))
	c.open()
	pause(24 * time.Hour)
	return c
}

// recovers has the circuit let requests through again, in time.
func (c *circuit) recovers(when string) {
	c.set(Respond(200))
	for range patience {
		c.call()
		pause(time.Minute)
	}
	c.accepts(when)
}

func circuitRecovers(p *probe) {
	p.opened().recovers("hours after the host is well again")
}

// crowd is how many requests arrive while the circuit is half-open, and
// probesAtMost how many of them may be let through at a time.
const (
	crowd        = 100
	probesAtMost = 20
)

func fewProbes(p *probe) {
	c := p.opened()
	before := c.base.Len()
	c.set(Respond(200).After(time.Minute))
	calls := make([]*pending, 0, crowd)
	for range crowd {
		calls = append(calls, p.start(c.rt, c.request(p.ctx)))
	}
	p.settle()
	if got := c.base.Len() - before; got > probesAtMost {
		p.errorf("%d requests at a time while the circuit is half-open: got %d sent, want %d at the most", crowd, got, probesAtMost)
	}
	for _, call := range calls {
		call.within(time.Hour, "answered after a minute")
	}
}

func hungProbe(p *probe) {
	c := p.opened()
	c.set(Block())
	ctx, cancel := context.WithTimeout(p.ctx, time.Minute)
	defer cancel()
	call := p.start(c.rt, c.request(ctx))
	call.within(time.Hour, "a probe with a deadline of a minute")
	pause(24 * time.Hour)
	c.recovers("hours after a probe that hung")
}

func panickingProbe(p *probe) {
	c := p.opened()
	p.panics(c.handle)
	p.try(c.rt, c.request(p.ctx))
	p.panicked()
	pause(24 * time.Hour)
	c.recovers("hours after a probe that panicked")
}
