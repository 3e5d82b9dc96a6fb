// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package storm

import (
	"fmt"
	"strings"
	"time"

	"github.com/surefoot-go/surefoot/transport"
)

// A Drill is a storm over a fleet: its clients are instances of one service, each
// with a stack of its own, and may share what they know by an engine.
type Drill struct {
	Scenario

	// Latency is the time to the engine and back.
	Latency time.Duration
	// From Gone to Back the engine cannot be reached, by nobody, both since the
	// beginning of the period. It is always there where they are equal.
	Gone, Back time.Duration
	// Rolling has each instance start anew once in the period, one after the
	// other.
	Rolling bool
}

// Label tells drills apart that differ in their instances.
func (d Drill) Label() string { return fmt.Sprintf("%s, %d instances", d.Name, d.Clients) }

// Shorter is that of [Scenario].
func (d Drill) Shorter() Drill {
	d.Scenario = d.Scenario.Shorter()
	return d
}

// alwaysThere reports whether the engine is.
func (d Drill) alwaysThere() bool { return d.Gone == d.Back }

// restart returns when an instance starts anew.
func (d Drill) restart(instance, seed int) time.Duration {
	from, to := d.Period(seed)
	return from + (to-from)*time.Duration(instance+1)/time.Duration(d.Clients+1)
}

// A Crew says how the instances of a drill are made.
type Crew struct {
	Name string
	// Shared says that they share what they know.
	Shared bool
	// Options are those of the stacks, besides the fleet.
	Options []transport.Option
	// Only names the drills that it takes part in; none means all.
	Only []string
	// Notes say what it is.
	Notes string
}

// The names of the crews that the bars are for.
const (
	Alone  = "alone"
	Shared = "shared"
)

// Crews returns those there are, each unshared one before its shared one.
func Crews() []Crew {
	limited := []transport.Option{transport.WithLimit()}
	only := []string{"retry-after"}
	return []Crew{
		{Name: Alone, Notes: "`transport.New(base)`: the defaults."},
		{Name: Shared, Shared: true, Notes: "`transport.New(base, transport.WithFleet(f))`, each with a fleet of its own on one engine."},
		{Name: Alone + "+limit", Options: limited, Only: only, Notes: "`transport.New(base, transport.WithLimit())`, which has cool-downs."},
		{Name: Shared + "+limit", Shared: true, Options: limited, Only: only, Notes: "The same, with `transport.WithFleet(f)`."},
	}
}

// Counterpart names the crew that is like this one and shares nothing.
func (c Crew) Counterpart() string { return strings.Replace(c.Name, Shared, Alone, 1) }

// In reports whether the crew takes part in a drill.
func (c Crew) In(d Drill) bool { return Contender{Only: c.Only}.In(d.Scenario) }

const (
	nearEngine = time.Millisecond
	farEngine  = 50 * time.Millisecond
)

func drill(s Scenario, clients int) Drill {
	s.Clients = clients
	return Drill{Scenario: s, Latency: nearEngine}
}

// cutOff has a few instances, and nobody else, lose the host, as by a wrong route.
func cutOff(name, text string, struck, of int) Drill {
	d := drill(outage(name, text, Fault{Kind: Refusing}), of)
	d.Struck = struck
	return d
}

// down is the outage that most of the drills are about.
func down(name, text string) Scenario {
	return outage(name, text, Fault{Kind: Unavailable})
}

func rolling(clients int) Drill {
	d := drill(down("rolling", "The server answers 503 at once, and each instance starts anew in the outage, one after the other."), clients)
	d.Rolling = true
	return d
}

func withoutEngine(name, text string, gone, back time.Duration) Drill {
	d := drill(down(name, "The server answers 503 at once. The engine "+text+"."), manyClients)
	d.Gone, d.Back = gone, back
	return d
}

// stayOff has an end that some do not see, who must not keep it from the others.
func stayOff() Drill {
	d := drill(down("three-stay-off", "The server answers 503 at once. When it is over, three of 200 instances cannot reach it."), manyClients)
	d.Remain = 3
	return d
}

// busy has as many calls an instance as 20 of them have otherwise.
func busy() Drill {
	const times = manyClients / usualClients
	s := down("busy", "The server answers 503 at once. Ten times as many calls, to ten times as large a server.")
	s.Workers *= times
	s.Queue *= times
	return drill(s, manyClients)
}

func slowEngine() Drill {
	d := drill(down("slow-engine", "The server answers 503 at once, and the engine is 50 ms away."), manyClients)
	d.Latency = farEngine
	return d
}

// beyond is longer than any period, with any number of seeds.
const beyond = time.Hour

// Drills returns all of them, in the order of the page.
func Drills() []Drill {
	var all []Drill
	for _, clients := range []int{usualClients, manyClients} {
		all = append(all,
			drill(down("outage503", "The server answers 503 at once."), clients),
			drill(outage("hang", "The server accepts and answers nothing; when it is over it does what has queued up.", Fault{Kind: Hanging}), clients),
			drill(outage("retry-after", "The server answers 503 at once, with Retry-After: 5.", Fault{Kind: Unavailable, RetryAfter: 5 * time.Second}), clients),
			drill(blip(), clients),
			drill(usual("steady", "Nothing happens."), clients),
			drill(hostDown("503", "answers 503 at once", Fault{Kind: Unavailable}), clients),
			rolling(clients),
			drill(random(50), clients),
		)
	}
	return append(all,
		busy(), slowEngine(),
		cutOff("one-cut-off", "One of 20 instances cannot reach the host.", 1, usualClients),
		cutOff("three-cut-off", "Three of 200 instances cannot reach the host.", 3, manyClients),
		cutOff("five-cut-off", "Five of 20 instances cannot reach the host, which is more than the quorum.", 5, usualClients),
		stayOff(),
		withoutEngine("engine-gone", "cannot be reached in all of it", -5*time.Second, beyond),
		withoutEngine("engine-late", "cannot be reached when it begins, and is back after 10 s", -5*time.Second, 10*time.Second),
		withoutEngine("engine-lost", "goes away 10 s after it has begun, and does not come back", 10*time.Second, beyond),
	)
}
