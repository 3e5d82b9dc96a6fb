// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package fleet_test

import (
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/fleet"
	"github.com/surefoot-go/surefoot/fleet/fleettest"
	"github.com/surefoot-go/surefoot/peer"
)

// breakers are circuits that write down what they are told, and want what they are
// made to want.
type breakers struct {
	mu     sync.Mutex
	told   []string
	wanted map[string]bool
	active []string
}

func (b *breakers) tell(format string, args ...any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.told = append(b.told, fmt.Sprintf(format, args...))
}

func (b *breakers) Open(key string, v peer.Verdict) {
	b.tell("open %s for %s, valid for %s", key, v.Wait, v.Valid)
}
func (b *breakers) Close(key string)                 { b.tell("close %s", key) }
func (b *breakers) Lend(key string, d time.Duration) { b.tell("lend %s for %s", key, d) }

func (b *breakers) Wants(key string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.wanted[key]
}

func (b *breakers) Active() iter.Seq[string] {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Values(slices.Clone(b.active))
}

// take returns what was told since it was asked last.
func (b *breakers) take() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	told := b.told
	b.told = nil
	return told
}

// want has the breaker want a lease.
func (b *breakers) want(key string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.wanted[key] = true
}

// wasTold reports whether something was told that begins like this.
func (b *breakers) wasTold(prefix string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.ContainsFunc(b.told, func(s string) bool { return strings.HasPrefix(s, prefix) })
}

// linked makes a fleet with one breaker that is in the hands of the test.
func linked(t *testing.T, engine fleet.Engine, opts ...fleet.Option) (*fleet.Fleet, *breakers, peer.CircuitLink) { //nolint:ireturn // it is one in production, too
	t.Helper()
	f, err := fleet.NewWith(engine, opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	b := &breakers{wanted: map[string]bool{}}
	return f, b, f.ShareCircuits(b)
}

func TestLink_RepeatsAReportFourTimesASecondAtMost(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		server := fleettest.NewServer()
		_, _, link := linked(t, server.Engine())
		for i := range 1000 { // for a second
			link.Failing(host, time.Duration(i)*time.Millisecond)
			pass(time.Millisecond)
		}
		if got := server.Applied(fleet.OpReport); got < 3 || got > 5 {
			t.Errorf("a streak of a second was reported %d times, want 4", got)
		}
	})
}

func TestLink_TellsWhatIsSoAndNotWhatWas(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		server := fleettest.NewServer()
		engine := server.Engine()
		engine.SetLatency(time.Second)
		f, _, link := linked(t, engine)
		link.Failing("first", time.Second) // is under way while all that follows happens
		pass(100 * time.Millisecond)
		for range 100 {
			link.Failing(host, time.Second)
			link.Working(host)
			link.Opened(host, time.Second)
			link.ProbeFailed(host, time.Second)
			link.Closed(host)
		}
		pass(5 * time.Second)
		for kind, want := range map[fleet.OpKind]int{fleet.OpReport: 1, fleet.OpHold: 0, fleet.OpWithdraw: 0, fleet.OpClose: 1} {
			if got := server.Applied(kind); got != want {
				t.Errorf("%d ops of kind %d, want %d", got, kind, want)
			}
		}
		if got := f.Snapshot(); got.Dropped != (fleet.Dropped{}) {
			t.Errorf("dropped %+v", got.Dropped)
		}
	})
}

func TestLink_TheQueueIsBounded(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		server := fleettest.NewServer()
		engine := server.Engine()
		engine.Silence()
		f, _, link := linked(t, engine, fleet.WithQueue(10))
		pass(time.Millisecond)
		began := time.Now()
		for i := range 1000 {
			link.Opened(fmt.Sprint("key ", i), time.Minute)
		}
		if took := time.Since(began); took != 0 {
			t.Errorf("1000 tellings waited for %s", took)
		}
		if got := f.Snapshot().Dropped.Queue; got < 900 || got > 990 {
			t.Errorf("%d were dropped, want most", got)
		}
	})
}

// What has happened while the engine was gone for long is of no interest to it;
// what is still so, is.
func TestLink_WhatIsLateIsDropped(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		server := fleettest.NewServer()
		engine := server.Engine()
		f, _, link := linked(t, engine)
		pass(time.Second)
		engine.Cut()
		link.Opened("closed since", time.Second)
		link.Closed("closed since")
		link.Opened("open yet", time.Second)
		link.ProbeFailed("open yet", 30*time.Second)
		pass(30 * time.Second)
		engine.Heal()
		pass(10 * time.Second)
		if got := f.Snapshot().Dropped.Late; got != 2 {
			t.Errorf("%d were dropped as late, want 2", got)
		}
		if holds, closes := server.Applied(fleet.OpHold), server.Applied(fleet.OpClose); holds != 0 || closes != 0 {
			t.Errorf("%d holds and %d closes were told, want none", holds, closes)
		}
		if server.Applied(fleet.OpReport) == 0 {
			t.Error("the circuit that is still open was not reported")
		}
	})
}

func TestLink_KeysAreBounded(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		server := fleettest.NewServer()
		f, _, link := linked(t, server.Engine(), fleet.WithMaxKeys(10))
		link.Opened("", time.Second)
		link.Opened(strings.Repeat("k", fleet.MaxKey+1), time.Second)
		for i := range 100 {
			link.Opened(fmt.Sprint("key ", i), time.Second)
			link.Opened(fmt.Sprint("key ", i), time.Second)
		}
		pass(time.Second)
		d := f.Snapshot().Dropped
		if d.Key != 2 {
			t.Errorf("%d keys were refused, want 2", d.Key)
		}
		if got := server.Applied(fleet.OpReport); got > 40 {
			t.Errorf("%d reports of 100 keys were told, want those of 20", got)
		}
	})
}

func TestLink_WhatNobodyUnderstandsIsCounted(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		server := fleettest.NewServer()
		f, b, _ := linked(t, server.Engine())
		pass(time.Second)
		other := message()
		other.Namespace = "other"
		for _, payload := range []string{
			"", "hello", "surefoot/2 default", string(other.Append(nil)), "surefoot/1 default o", strings.Repeat("x", fleet.MaxMessage+1),
		} {
			server.Publish(fleet.DefaultNamespace, []byte(payload))
		}
		pass(time.Second)
		s := f.Snapshot()
		if want := (fleet.Dropped{Foreign: 4, Garbage: 1, Size: 1}); s.Dropped != want || s.Heard != 0 {
			t.Errorf("got %+v and %d heard, want %+v", s.Dropped, s.Heard, want)
		}
		if told := b.take(); len(told) != 0 {
			t.Errorf("the circuits were told %q", told)
		}
		server.Publish(fleet.DefaultNamespace, message().Append(nil))
		pass(time.Millisecond)
		if got := f.Snapshot().Heard; got != 1 {
			t.Errorf("heard %d, want 1", got)
		}
	})
}

// A message that lies is put right by the next list.
func TestLink_AForgedMessageHoldsForARound(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		server := fleettest.NewServer()
		f, b, _ := linked(t, server.Engine())
		pass(3 * time.Second)
		forged := fleet.Message{
			Namespace: fleet.DefaultNamespace, What: fleet.Opened, Instance: "nobody", Before: 0, After: 99,
			Entry: fleet.Entry{Key: host, Wait: time.Hour, Keep: time.Hour},
		}
		server.Publish(fleet.DefaultNamespace, forged.Append(nil))
		pass(3 * time.Second)
		if got := f.Snapshot().Keys; len(got) != 0 {
			t.Errorf("3 s later: %+v", got)
		}
		told := b.take()
		if len(told) < 1 || told[len(told)-1] == "" {
			t.Errorf("the circuits were told %q, want an opening at first", told)
		}
	})
}

func TestLink_TwoBreakersOfOneProcessAreOneInstance(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		server := fleettest.NewServer()
		f, one, first := linked(t, server.Engine())
		two := &breakers{wanted: map[string]bool{}}
		second := f.ShareCircuits(two)
		first.Opened(host, time.Second)
		second.Opened(host, time.Second)
		pass(time.Second)
		if got := server.Entries(fleet.DefaultNamespace); len(got) != 0 {
			t.Fatalf("one process has opened %+v", got)
		}
		_, _, other := linked(t, server.Engine())
		other.Opened(host, time.Second)
		pass(time.Millisecond)
		want := []string{"open " + host + " for 1s, valid for 6s"}
		for _, b := range []*breakers{one, two} {
			if told := b.take(); !slices.Equal(told, want) {
				t.Errorf("a breaker was told %q, want %q", told, want)
			}
		}
		two.want(host)
		pass(1200 * time.Millisecond)
		if told := two.take(); !slices.ContainsFunc(told, func(s string) bool { return strings.HasPrefix(s, "lend "+host+" for ") }) {
			t.Errorf("the breaker that wants the lease was told %q", told)
		}
		if told := one.take(); slices.ContainsFunc(told, func(s string) bool { return strings.HasPrefix(s, "lend") }) {
			t.Errorf("the breaker that does not want it was told %q", told)
		}
	})
}

// coolDowns are cool-downs that write down what they are told.
type coolDowns struct{ breakers }

func (c *coolDowns) Cool(key string, wait time.Duration, failing bool) {
	c.tell("cool %s for %s, %v", key, wait, failing)
}

// Whoever joins when all is said is told at once.
func TestLink_WhoJoinsLateIsTold(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		server := fleettest.NewServer()
		f, _, first := linked(t, server.Engine())
		g, _, second := linked(t, server.Engine())
		first.Opened(host, time.Minute)
		second.Opened(host, time.Minute)
		for _, link := range []peer.CoolDownLink{f.ShareCoolDowns(&coolDowns{}), g.ShareCoolDowns(&coolDowns{})} {
			link.Cooling(host, 30*time.Second, true)
		}
		pass(500 * time.Millisecond)
		b, c := &breakers{}, &coolDowns{}
		f.ShareCircuits(b)
		pass(time.Millisecond)
		if want := []string{"open " + host + " for 59.5s, valid for 6s"}; !slices.Equal(b.take(), want) {
			t.Errorf("the breaker was not told %q", want)
		}
		pass(500 * time.Millisecond)
		f.ShareCoolDowns(c)
		pass(time.Millisecond)
		if want := []string{"cool " + host + " for 28.999s, true"}; !slices.Equal(c.take(), want) {
			t.Errorf("the limiter was not told %q", want)
		}
	})
}

// When the fleet has let go of a key, it is reported again.
func TestLink_ReportsAgainWhatHasEnded(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		server := fleettest.NewServer()
		_, _, first := linked(t, server.Engine())
		_, _, second := linked(t, server.Engine())
		_, _, third := linked(t, server.Engine())
		pass(3 * time.Second)
		first.Opened(host, time.Second)
		second.Opened(host, time.Second)
		pass(10 * time.Second)
		before := server.Applied(fleet.OpReport)
		third.Failing(host, time.Second)
		pass(time.Millisecond)
		if got := server.Applied(fleet.OpReport) - before; got != 1 {
			t.Errorf("%d reports, want 1", got)
		}
	})
}

// What is over is forgotten, and makes room.
func TestLink_ForgetsKeys(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		server := fleettest.NewServer()
		f, _, link := linked(t, server.Engine(), fleet.WithMaxKeys(10))
		for i := range 200 {
			key := fmt.Sprint("key ", i)
			link.Failing(key, time.Second)
			if i%2 == 0 {
				link.Working(key) // the others fall silent
			}
			pass(time.Second)
		}
		if d := f.Snapshot().Dropped; d != (fleet.Dropped{}) {
			t.Errorf("dropped %+v", d)
		}
	})
}

// The engine is told which keys are called, in batches, and no more than it can take.
func TestLink_TellsWhatItCalls(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		server := fleettest.NewServer()
		_, b, _ := linked(t, server.Engine())
		b.mu.Lock()
		for i := range 600 {
			b.active = append(b.active, fmt.Sprint("key ", i))
		}
		b.active = append(b.active, strings.Repeat("k", fleet.MaxKey+1), "key 0")
		b.mu.Unlock()
		pass(3500 * time.Millisecond)
		if got := server.Applied(fleet.OpSeen); got != 512 {
			t.Errorf("%d keys were told at first, want 512", got)
		}
		before := server.Calls().Batches
		pass(60 * time.Second)
		if got := server.Applied(fleet.OpSeen); got < 8*512 || got > 16*512 {
			t.Errorf("%d keys were told in a minute", got)
		}
		if got := server.Calls().Batches - before; got > 16*8 {
			t.Errorf("in %d batches", got)
		}
	})
}

func TestFleet_AfterCloseNothingIsTold(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		server := fleettest.NewServer()
		f, b, link := linked(t, server.Engine())
		pass(time.Second)
		for range 2 {
			if err := f.Close(); err != nil {
				t.Error(err)
			}
		}
		calls := server.Calls()
		link.Failing(host, time.Second)
		link.Working(host)
		link.Opened(host, time.Second)
		link.ProbeFailed(host, time.Second)
		link.Closed(host)
		link.Wanted(host)
		if _, open := link.Known(host); open {
			t.Error("it knows something")
		}
		server.Publish(fleet.DefaultNamespace, message().Append(nil))
		pass(time.Minute)
		if got := server.Calls(); got.Batches != calls.Batches || got.Lists != calls.Lists {
			t.Errorf("it has called: %+v, before %+v", got, calls)
		}
		if told := b.take(); len(told) != 0 {
			t.Errorf("the circuits were told %q", told)
		}
	})
}
