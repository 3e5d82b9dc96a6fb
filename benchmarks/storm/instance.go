// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package storm

import (
	"net/http"
	"time"

	"github.com/surefoot-go/surefoot/breaker"
	"github.com/surefoot-go/surefoot/observe"
	"github.com/surefoot-go/surefoot/transport"
)

// An instance is one process of a fleet. It is the base of its own stack, and
// its observer, to see what it does.
type instance struct {
	crowd  *crowd
	number int
	fresh  bool // it was started in the period
	stack  *transport.Transport
	leave  func() // ends its part in the fleet
}

// RoundTrip sends an attempt, and notes what it is.
func (i *instance) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Context().Err() == nil {
		i.crowd.tally.sent(i, req.URL.Host == hostName(0), i.circuit(req.URL.Host))
	}
	return i.crowd.network.RoundTrip(req)
}

// circuit returns the state of the circuit of a host.
func (i *instance) circuit(host string) breaker.State {
	for _, k := range i.stack.Snapshot().Keys {
		if k.Key == keyOf(host) {
			return k.Circuit.State
		}
	}
	return breaker.Closed
}

// keyOf is the key of a host's circuit.
func keyOf(host string) string { return "http://" + host }

// Observe implements [observe.Observer].
func (i *instance) Observe(e observe.Event) {
	down := e.Key == keyOf(hostName(0))
	switch {
	case e.Kind == observe.CircuitOpened:
		i.crowd.tally.opened(i, down, true)
	case e.Kind == observe.CircuitClosed:
		i.crowd.tally.closed(i, down)
	case e.Kind == observe.Rejected && e.Reason == observe.ReasonOpen:
		i.crowd.tally.opened(i, down, false)
	}
}

// A crowd is the instances of a run. Each has a number, which another takes
// over when it starts anew.
type crowd struct {
	drill   Drill
	crew    Crew
	network *network
	engine  *medium // nil where nothing is shared
	tally   *tally

	instances []*instance // guarded by the tally's mutex
}

// start makes an instance and puts it in its place.
func (c *crowd) start(number int, fresh bool) error {
	i := &instance{crowd: c, number: number, fresh: fresh, leave: func() {}}
	opts := append([]transport.Option{transport.WithObserver(i)}, c.crew.Options...)
	if c.engine != nil {
		f, leave, err := c.engine.join(number)
		if err != nil {
			return err
		}
		i.leave = leave
		opts = append(opts, transport.WithFleet(f))
	}
	var err error
	if i.stack, err = transport.New(i, opts...); err != nil {
		i.leave()
		return err
	}
	c.tally.mu.Lock()
	defer c.tally.mu.Unlock()
	c.instances[number] = i
	return nil
}

// at returns the instance that has the number now.
func (c *crowd) at(number int) *instance {
	c.tally.mu.Lock()
	defer c.tally.mu.Unlock()
	return c.instances[number]
}

// restart ends an instance as one is that is told to, and starts another.
func (c *crowd) restart(number int) error {
	old := c.at(number)
	c.tally.closed(old, true) // with all it knew
	if err := c.start(number, true); err != nil {
		return err
	}
	old.leave()
	return nil
}

// now is the time since the beginning of the run.
func (c *crowd) now() time.Duration { return c.network.now() }
