// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package storm

import (
	"math"
	"slices"
	"sync"
	"time"

	"github.com/surefoot-go/surefoot/breaker"
)

const (
	// firstSecond is for retries: what is over within it is a blip.
	firstSecond = time.Second
	// grace is how long after the period an opening is no mistake: attempts that
	// the fault has broken are still ending, and a queue is being worked off.
	grace = 5 * time.Second
	// Tick is the time of one value of the charts.
	Tick = 100 * time.Millisecond
)

// A tally counts what the instances of a run do. It is safe for concurrent use.
type tally struct {
	drill    Drill
	now      func() time.Duration
	from, to time.Duration

	mu     sync.Mutex
	down   int   // attempts at the host in trouble in the period
	late   int   // those after its first second
	later  int   // those after its first two
	fresh  int   // those of instances that were started in the period
	probes int   // those on a circuit that was not closed
	wrong  int   // openings for which there was no reason
	denied int   // the same, of rejections
	sentBy []int // attempts at the host in trouble, by tick

	open   map[*instance]bool
	openBy []int           // by how many more circuits are open than before, by tick
	called []bool          // the instance of a number sent in the period, or was to be told
	known  []time.Duration // when its circuit opened first
}

func newTally(d Drill, seed int, now func() time.Duration) *tally {
	t := &tally{drill: d, now: now, open: map[*instance]bool{}}
	t.from, t.to = d.Period(seed)
	ticks := int((d.Length(seed) + Tick - 1) / Tick)
	t.sentBy, t.openBy = make([]int, ticks), make([]int, ticks)
	t.known, t.called = slices.Repeat([]time.Duration{never}, d.Clients), make([]bool, d.Clients)
	return t
}

// broken reports whether the host is in trouble for the instance, or was until
// so long ago.
func (t *tally) broken(i *instance, down bool, now, ago time.Duration) bool {
	struck := t.drill.strikes(i.number) && now >= t.from && (now-ago < t.to || i.number < t.drill.Remain)
	return down && t.drill.Fault.Kind != Healthy && struck
}

// sent notes an attempt on a circuit in that state.
func (t *tally) sent(i *instance, down bool, state breaker.State) {
	now := t.now()
	t.mu.Lock()
	defer t.mu.Unlock()
	if at := int(now / Tick); down && at < len(t.sentBy) {
		t.sentBy[at]++
	}
	if !t.broken(i, down, now, 0) || now >= t.to {
		return
	}
	t.called[i.number] = true
	t.down++
	if now >= t.from+firstSecond {
		t.late++
	}
	if now >= t.from+2*firstSecond {
		t.later++
	}
	if i.fresh {
		t.fresh++
	}
	if state != breaker.Closed {
		t.probes++
	}
}

// opened notes that an instance knows: its circuit has opened, which is an
// event, or a call has shown that it was open from the beginning.
func (t *tally) opened(i *instance, down, event bool) {
	now := t.now()
	t.mu.Lock()
	defer t.mu.Unlock()
	switch lasts := t.drill.During >= firstSecond; {
	case event && !(lasts && t.broken(i, down, now, grace)):
		t.wrong++
	case !event && !(lasts && t.broken(i, down, now, never)):
		t.denied++ // a rightly opened circuit may find out much later that the host is back
	}
	if !down {
		return
	}
	if t.broken(i, down, now, 0) && now < t.to { // and a call that was rejected is one, too
		t.called[i.number] = true
		t.known[i.number] = min(t.known[i.number], now-t.from)
	}
	if !t.open[i] {
		t.open[i] = true
		t.changed(now, 1)
	}
}

// closed notes that an instance has a closed circuit, or is no more.
func (t *tally) closed(i *instance, down bool) {
	now := t.now()
	t.mu.Lock()
	defer t.mu.Unlock()
	if down && t.open[i] {
		delete(t.open, i)
		t.changed(now, -1)
	}
}

// changed notes that so many more circuits are open.
func (t *tally) changed(now time.Duration, more int) {
	if at := int(now / Tick); at < len(t.openBy) {
		t.openBy[at] += more
	}
}

// knew returns after how many seconds of the period the share of the instances
// that called had an open circuit: +Inf for never, NaN where nobody is to know.
func (t *tally) knew(share float64) float64 {
	var times []time.Duration
	for i, called := range t.called {
		if called {
			times = append(times, t.known[i])
		}
	}
	if len(times) == 0 || t.drill.During < firstSecond {
		return math.NaN()
	}
	slices.Sort(times)
	last := times[max(int(math.Ceil(share*float64(len(times))))-1, 0)]
	if last == never {
		return math.Inf(1)
	}
	return last.Seconds()
}

func (t *tally) result() FleetResult {
	t.mu.Lock()
	defer t.mu.Unlock()
	r := FleetResult{
		Down: t.down, Late: t.late, Later: t.later, Probes: t.probes, Wrong: t.wrong, Denied: t.denied,
		Half: t.knew(0.5), All: t.knew(1), Fresh: math.NaN(),
		SentBy: t.sentBy, OpenBy: slices.Clone(t.openBy),
	}
	if t.drill.Rolling {
		r.Fresh = float64(t.fresh) / float64(t.drill.Clients)
	}
	for i := 1; i < len(r.OpenBy); i++ {
		r.OpenBy[i] += r.OpenBy[i-1]
	}
	return r
}
