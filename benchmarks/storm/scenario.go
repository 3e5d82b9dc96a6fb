// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package storm

import (
	"fmt"
	"time"
)

// A Kind says what is wrong with the server during the fault.
type Kind uint8

// The kinds of faults.
const (
	// Healthy is no fault at all.
	Healthy Kind = iota
	// Unavailable answers 503 at once, without any work.
	Unavailable
	// Hanging accepts and answers nothing. The workers stand still and go on
	// when it is over. What the queue cannot take is lost, also without a word.
	Hanging
	// Refusing is nobody listening: the dial fails.
	Refusing
	// Slow makes all work that begins in it take Factor times as long.
	Slow
	// Flaky answers 503 at once with the probability Share.
	Flaky
	// Mixed makes Share of the work that arrives in it take Factor times as
	// long.
	Mixed
)

// A Fault is what happens in the period of a [Scenario].
type Fault struct {
	Kind       Kind
	RetryAfter time.Duration // that a 503 names, or 0
	Factor     float64       // of Slow and Mixed
	Share      float64       // of Flaky and Mixed
}

// A Scenario is one storm: the clients, the server, and what happens to it in a
// period that begins at Before.
type Scenario struct {
	// Name is one word and, with the number of clients, its own.
	Name string
	// Text tells what happens, in a sentence.
	Text string

	Clients int
	// Hosts have a server each, and share the calls evenly. The fault befalls
	// the first one.
	Hosts int

	// Workers, Service and Queue are those of all servers together. Service is
	// the mean time that a worker takes, at any number of hosts the one that
	// keeps the capacity.
	Workers int
	Service time.Duration
	Queue   int
	// SlowShare of all answers take SlowFactor times as long, always.
	SlowShare, SlowFactor float64

	// Network is the time for a way there and back.
	Network time.Duration
	// Timeout ends an attempt, Deadline a call.
	Timeout, Deadline time.Duration

	// Before, During and After are how long it goes on before the period, in
	// it, and after it. LongerBySeed is added to During once for each seed.
	Before, During, After time.Duration
	LongerBySeed          time.Duration
	// Load before, in and after the period, as shares of the capacity.
	Load [3]float64

	Fault Fault
	// Struck is how many of the clients the fault befalls, the first ones; 0
	// means all of them. It is for faults on the way to the server, and not for
	// those that change its work.
	Struck int
	// Remain is how many of the clients find nobody listening when it is over, the
	// first ones.
	Remain int
	// Ends tells that there is an end to recover from.
	Ends bool
}

// Capacity is how many calls a second the servers can do together.
func (s Scenario) Capacity() float64 {
	return float64(s.Workers) / s.Service.Seconds()
}

// Period returns when the period begins and ends with a seed.
func (s Scenario) Period(seed int) (from, to time.Duration) {
	return s.Before, s.Before + s.During + time.Duration(seed)*s.LongerBySeed
}

// Length is that of a run with a seed, without the calls that are still under
// way at its end.
func (s Scenario) Length(seed int) time.Duration {
	_, to := s.Period(seed)
	return to + s.After
}

// strikes reports whether the fault befalls a client, or ever could.
func (s Scenario) strikes(client int) bool { return s.Struck == 0 || client < s.Struck }

// Label tells scenarios apart that differ in their clients.
func (s Scenario) Label() string {
	if s.Clients == usualClients {
		return s.Name
	}
	return fmt.Sprintf("%s, %d clients", s.Name, s.Clients)
}

// Shorter returns the scenario with a third of the time before and in the
// period and a quarter of that after it: enough to see that everything works.
func (s Scenario) Shorter() Scenario {
	if s.During > 3*time.Second {
		s.During /= 3
	}
	s.Before /= 3
	s.After /= 4
	return s
}

const (
	usualClients = 20
	manyClients  = 200
)

// usual is a quiet day: 240 calls a second on a server that can do 400.
func usual(name, text string) Scenario {
	return Scenario{
		Name: name, Text: text,
		Clients: usualClients, Hosts: 1,
		Workers: 20, Service: 50 * time.Millisecond, Queue: 1000,
		Network: time.Millisecond, Timeout: time.Second, Deadline: 10 * time.Second,
		Before: 15 * time.Second, During: 60 * time.Second, After: 5 * time.Second,
		Load: [3]float64{0.6, 0.6, 0.6},
	}
}

// outage is a fault of 30 s and more that ends, with time to recover from it.
func outage(name, text string, f Fault) Scenario {
	s := usual(name, text)
	s.During, s.LongerBySeed, s.After = 30*time.Second, time.Second, 65*time.Second
	s.Fault, s.Ends = f, true
	return s
}

func blip() Scenario {
	s := usual("blip", "Half a second of 503s. What counts is what becomes of the calls that arrive in it.")
	s.During, s.After = 500*time.Millisecond, 15*time.Second
	s.Fault = Fault{Kind: Unavailable}
	return s
}

func overload() Scenario {
	s := usual("overload", "From second 15 to 75, 1.3 times as many calls arrive as the server can do; then 0.7 times.")
	s.After, s.Ends = 65*time.Second, true
	s.Load = [3]float64{0.6, 1.3, 0.7}
	return s
}

func random(percent float64) Scenario {
	s := usual(fmt.Sprintf("random503-%.0f", percent), fmt.Sprintf("From second 15 on, %.0f %% of the answers are 503s, at random.", percent))
	s.Fault = Fault{Kind: Flaky, Share: percent / 100}
	return s
}

// hostDown has seven workers a host, because twenty are not divisible by three,
// and each is slower by as much as there is one more.
func hostDown(name, text string, f Fault) Scenario {
	s := outage("host-down-"+name, "Three hosts with a third of the capacity and of the calls each. One of them "+text+".", f)
	s.Hosts, s.Queue = 3, 999
	s.Workers, s.Service = 21, 52500*time.Microsecond
	return s
}

// tail has so many workers that nothing ever waits, and attempts without a limit.
func tail() Scenario {
	s := usual("tail", "2 % of the answers take 20 times as long. No queue, and no limit to an attempt but that of the call; hedges are on where a library has them.")
	s.SlowShare, s.SlowFactor = 0.02, 20
	s.During, s.Timeout = 120*time.Second, s.Deadline
	s.Workers = 200
	s.Load = [3]float64{0.06, 0.06, 0.06}
	return s
}

// roomy has so many workers that nothing ever waits, and attempts without a
// limit. Whoever fails a call here has done so without need.
func roomy(name, text string, f Fault) Scenario {
	s := outage(name, text+" There is room for all of it, and nothing is wrong.", f)
	s.Timeout = s.Deadline
	s.Workers, s.Load = 1000, [3]float64{0.012, 0.012, 0.012}
	return s
}

// Scenarios returns all of them, in the order of the page: with 20 clients, and
// four of them with 200.
func Scenarios() []Scenario {
	unavailable := Fault{Kind: Unavailable}
	all := []Scenario{
		usual("steady", "Nothing happens."),
		outage("outage503", "The server answers 503 at once.", unavailable),
		outage("hang", "The server accepts and answers nothing; when it is over it does what has queued up.", Fault{Kind: Hanging}),
		outage("refused", "Nobody listens.", Fault{Kind: Refusing}),
		outage("retry-after", "The server answers 503 at once, with Retry-After: 5.", Fault{Kind: Unavailable, RetryAfter: 5 * time.Second}),
		outage("brownout", "Everything takes ten times as long, without an error: the capacity falls to 40 a second.", Fault{Kind: Slow, Factor: 10}),
		blip(),
		overload(),
		random(5), random(20), random(50),
		hostDown("503", "answers 503 at once", unavailable),
		hostDown("hang", "hangs", Fault{Kind: Hanging}),
		tail(),
		roomy("slower", "Everything takes four times as long.", Fault{Kind: Slow, Factor: 4}),
		roomy("much-slower", "Everything takes twenty times as long.", Fault{Kind: Slow, Factor: 20}),
		roomy("other-work", "Of the calls, 30 % take twenty times as long.", Fault{Kind: Mixed, Factor: 20, Share: 0.3}),
	}
	for _, s := range all {
		switch s.Name {
		case "outage503", "hang", "retry-after", "overload":
			s.Clients = manyClients
			all = append(all, s)
		}
	}
	return all
}
