// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package fleet_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/fleet"
	"github.com/surefoot-go/surefoot/fleet/fleettest"
	"github.com/surefoot-go/surefoot/observe"
)

// readOnly is an engine that can be read, as by a user who may do no more, and not
// be told anything.
type readOnly struct {
	*fleettest.Engine
	denied atomic.Bool
}

var errDenied = errors.New("NOPERM")

func (e *readOnly) Apply(ctx context.Context, b fleet.Batch) ([]fleet.Lease, error) {
	if e.denied.Load() {
		return nil, errDenied
	}
	return e.Engine.Apply(ctx, b)
}

// events notes what is observed.
type events struct {
	mu   sync.Mutex
	seen []observe.Event
}

func (e *events) Observe(ev observe.Event) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.seen = append(e.seen, ev)
}

// want checks what was observed since the last check.
func (e *events) want(t *testing.T, kinds ...observe.Kind) {
	t.Helper()
	e.mu.Lock()
	defer e.mu.Unlock()
	var got []observe.Kind
	for _, ev := range e.seen {
		got = append(got, ev.Kind)
	}
	if !slices.Equal(got, kinds) {
		t.Errorf("observed %v, want %v", got, kinds)
	}
	e.seen = nil
}

func TestHealth_AnEngineThatCanOnlyBeReadIsLost(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		e := &readOnly{Engine: fleettest.NewServer().Engine()}
		e.denied.Store(true)
		seen := &events{}
		f, _, link := linked(t, e, fleet.WithObserver(seen))
		fail := func(d time.Duration) {
			for range d / (100 * time.Millisecond) {
				link.Failing(host, 5*time.Second)
				pass(100 * time.Millisecond)
			}
		}
		fail(10 * time.Second)
		if s := f.Snapshot(); s.Reachable {
			t.Errorf("got %+v, want it lost", s)
		}
		if len(seen.seen) != 1 || !errors.Is(seen.seen[0].Err, errDenied) {
			t.Errorf("observed %+v, want one event with %v", seen.seen, errDenied)
		}
		seen.want(t, observe.FleetLost)
		e.Cut() // and back, which changes nothing for long
		fail(10 * time.Second)
		e.Heal()
		seen.want(t)
		e.denied.Store(false)
		fail(10 * time.Second)
		seen.want(t, observe.FleetFound)
		if s := f.Snapshot(); !s.Reachable || s.Sent == 0 {
			t.Errorf("got %+v, want it found", s)
		}
	})
}

// Who has nothing more to tell cannot find out whether that would work.
func TestHealth_IsFoundByListsWhereNothingIsToBeTold(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		e := &readOnly{Engine: fleettest.NewServer().Engine()}
		e.denied.Store(true)
		seen := &events{}
		_, _, link := linked(t, e, fleet.WithObserver(seen))
		link.Opened(host, time.Second)
		pass(10 * time.Second)
		seen.want(t, observe.FleetLost)
		link.Closed(host) // nothing of which is queued for long
		pass(fleet.CallerTime)
		e.denied.Store(false)
		pass(2 * fleet.CallerTime)
		seen.want(t, observe.FleetFound)
	})
}

// Two goroutines call the engine, and either may lose it while the other finds it.
func TestHealth_IsToldInOrder(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		e := &readOnly{Engine: fleettest.NewServer().Engine()}
		e.denied.Store(true)
		seen := &events{}
		slow := observe.Func(func(ev observe.Event) {
			if ev.Kind == observe.FleetLost {
				time.Sleep(time.Minute)
			}
			seen.Observe(ev)
		})
		f, _, link := linked(t, e, fleet.WithObserver(slow))
		link.Opened(host, time.Second)
		pass(10 * time.Second)
		e.denied.Store(false)
		pass(30 * time.Second)
		if !f.Snapshot().Reachable { // by the goroutine that is not being told
			t.Error("got it lost, want it found")
		}
		pass(time.Minute)
		seen.want(t, observe.FleetLost, observe.FleetFound)
	})
}

// hung is an engine that answers nothing before the test has ended.
type hung struct {
	*fleettest.Engine
	ended chan struct{}
}

func (e hung) List(context.Context, string, string, fleet.Mark) (fleet.List, error) {
	<-e.ended
	return fleet.List{}, errDenied
}

// When a server is back, calls that began before it was may still fail.
func TestHealth_AnOutageIsOneWhateverIsStillUnderWay(t *testing.T) {
	t.Parallel()
	const list, batch = true, false
	type outcome struct {
		at   time.Duration // since the first
		list bool
		took time.Duration
		err  error
	}
	for _, test := range []struct {
		name     string
		outcomes []outcome
	}{
		{"a batch works before the last list has failed", []outcome{
			{0, batch, 400 * time.Millisecond, errDenied},
			{200 * time.Millisecond, list, 0, errDenied},
			{1900 * time.Millisecond, batch, 400 * time.Millisecond, errDenied},
			{2100 * time.Millisecond, list, 400 * time.Millisecond, errDenied},
			{3000 * time.Millisecond, batch, 0, nil},
			{3100 * time.Millisecond, list, 400 * time.Millisecond, errDenied},
			{3200 * time.Millisecond, list, 0, nil},
		}},
		{"a list works before the last batch has failed", []outcome{
			{0, list, 0, errDenied},
			{2100 * time.Millisecond, list, 400 * time.Millisecond, errDenied},
			{3000 * time.Millisecond, list, 0, nil},
			{3100 * time.Millisecond, batch, 2 * time.Second, errDenied},
			{3200 * time.Millisecond, batch, 0, nil},
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				e := hung{fleettest.NewServer().Engine(), make(chan struct{})}
				seen := &events{}
				f, err := fleet.NewWith(e, fleet.WithObserver(seen))
				if err != nil {
					t.Fatal(err)
				}
				defer f.Close()
				defer close(e.ended)
				pass(time.Second)
				began := time.Now()
				for _, o := range test.outcomes {
					pass(o.at - time.Since(began))
					f.Outcome(o.list, time.Now().Add(-o.took), o.err)
				}
				seen.want(t, observe.FleetLost, observe.FleetFound)
			})
		})
	}
}
