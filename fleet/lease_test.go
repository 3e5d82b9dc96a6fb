// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package fleet_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/breaker"
	"github.com/surefoot-go/surefoot/fleet"
	"github.com/surefoot-go/surefoot/fleet/fleettest"
	"github.com/surefoot-go/surefoot/peer"
)

// Whoever dies with the lease in its hand does not keep the host from being found.
func TestLease_OfADeadInstanceEnds(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		s := newService()
		server, one, two, three := trio(t, s)
		s.down()
		failing(one, two)
		one.calls(1) // so that it wants the lease
		holds := func() bool { return leased(one) }
		for range 200 {
			if holds() {
				break
			}
			pass(10 * time.Millisecond)
		}
		if !holds() {
			t.Fatal("the first does not get the lease")
		}
		one.engine.Cut()
		if err := one.fleet.Close(); err != nil {
			t.Fatal(err)
		}
		s.up()
		two.busy(50 * time.Millisecond)
		three.busy(50 * time.Millisecond)
		pass(3 * time.Second)
		wantState(t, breaker.Closed, two, three)
		if got := server.Entries(fleet.DefaultNamespace); len(got) != 0 {
			t.Errorf("the fleet has %+v", got)
		}
	})
}

// leased reports whether an instance has the lease of the host.
func leased(n *node) bool {
	for _, k := range n.fleet.Snapshot().Keys {
		if k.Key == host && k.Lease {
			return true
		}
	}
	return false
}

// Whoever has the lease and no calls gives it to one who has.
func TestLease_InVainIsGivenBack(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		server := fleettest.NewServer()
		_, one, first := linked(t, server.Engine())
		_, two, second := linked(t, server.Engine())
		pass(3 * time.Second)
		first.Opened(host, time.Second)
		second.Opened(host, time.Second)
		one.want(host)
		pass(1300 * time.Millisecond)
		if !one.wasTold("lend ") {
			t.Fatalf("the one that wants the lease was told %q", one.take())
		}
		two.take()
		two.want(host)
		second.Wanted(host) // has to wait for its turn
		pass(500 * time.Millisecond)
		if got := server.Applied(fleet.OpRelease); got != 0 {
			t.Errorf("%d leases were given back within 500 ms, want none", got)
		}
		two.take()
		pass(900 * time.Millisecond)
		if got := server.Applied(fleet.OpRelease); got != 1 {
			t.Errorf("%d leases were given back, want 1", got)
		}
		if !two.wasTold("lend ") {
			t.Errorf("the other was told %q", two.take())
		}
	})
}

// Who has had no call yet asks when one comes.
func TestLease_IsAskedForWhenACallComes(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		server := fleettest.NewServer()
		_, one, first := linked(t, server.Engine())
		_, _, second := linked(t, server.Engine())
		pass(3 * time.Second)
		first.Opened(host, time.Second)
		second.Opened(host, time.Second)
		pass(2 * time.Second)
		if one.wasTold("lend") {
			t.Fatalf("it does not want the lease, and was told %q", one.take())
		}
		first.Wanted(host)
		first.Wanted(host)
		pass(time.Millisecond)
		if got := server.Applied(fleet.OpLease); got != 1 || !one.wasTold("lend") {
			t.Errorf("it was asked for %d times, and the circuits told %q", got, one.take())
		}
	})
}

// One that is in vain is longer the next time, and asked for only when a call comes.
func TestLease_IsLongerWhereCallsAreRare(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		server := fleettest.NewServer()
		_, one, first := linked(t, server.Engine())
		_, _, second := linked(t, server.Engine())
		pass(3 * time.Second)
		first.Opened(host, 30*time.Second)
		second.Opened(host, 30*time.Second)
		one.want(host)
		pass(30500 * time.Millisecond)
		for i, want := range []time.Duration{time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, 8 * time.Second} {
			if !one.wasTold(fmt.Sprintf("lend %s for %s", host, want)) {
				t.Fatalf("time %d: the circuits were told %q, want a lease of %s", i+1, one.take(), want)
			}
			one.take()
			pass(want + time.Second)
			if one.wasTold("lend") {
				t.Fatalf("time %d: no call has come, and the circuits were told %q", i+1, one.take())
			}
			first.Wanted(host)
			pass(time.Millisecond)
		}
	})
}

// An instance whose probe has failed lets the others go first.
func TestLease_TheyTakeTurns(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		server := fleettest.NewServer()
		var all []*breakers
		var links []peer.CircuitLink
		for range 2 {
			_, b, link := linked(t, server.Engine())
			b.want(host)
			all, links = append(all, b), append(links, link)
		}
		pass(3 * time.Second)
		links[0].Opened(host, time.Second)
		links[1].Opened(host, time.Second)
		last := -1
		for turn := range 10 {
			holder := -1
			for range 150 {
				pass(10 * time.Millisecond)
				if holder = slices.IndexFunc(all, func(b *breakers) bool { return b.wasTold("lend") }); holder >= 0 {
					break
				}
			}
			if holder < 0 || holder == last {
				t.Fatalf("turn %d is that of instance %d, the one before it was that of %d", turn, holder, last)
			}
			last = holder
			links[holder].ProbeFailed(host, time.Second)
			pass(time.Millisecond)
			all[0].take()
			all[1].take()
		}
	})
}

// While nothing becomes of a lease, a few others probe.
func TestLease_WithoutCallsIsNoReasonToWait(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		s := newService()
		server, one, two, three := trio(t, s)
		s.down()
		failing(one, two)
		one.calls(1)
		for !leased(one) {
			pass(10 * time.Millisecond)
		}
		s.up()
		three.busy(20 * time.Millisecond)
		pass(500 * time.Millisecond)
		if got := server.Applied(fleet.OpHelp); got != 1 {
			t.Errorf("help was asked for %d times, want once", got)
		}
		wantState(t, breaker.Closed, one, two, three)
	})
}

// A probe that succeeds lets all probe; that of the leaseholder which fails ends it.
func TestLease_AProbeThatWorkedLetsAllProbe(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		server := fleettest.NewServer()
		_, one, first := linked(t, server.Engine())
		_, two, second := linked(t, server.Engine())
		pass(3 * time.Second)
		first.Opened(host, time.Second)
		second.Opened(host, time.Second)
		one.want(host)
		pass(1300 * time.Millisecond)
		if !one.wasTold("lend ") {
			t.Fatalf("the one that wants the lease was told %q", one.take())
		}
		one.take()
		two.take()
		first.ProbeWorked(host)
		pass(time.Millisecond)
		want := []string{"lend " + host + " for 2s"}
		for i, b := range []*breakers{one, two} {
			if told := b.take(); !slices.Equal(told, want) {
				t.Errorf("breaker %d was told %q, want %q", i+1, told, want)
			}
		}
		first.ProbeWorked(host) // all know
		// The other's network may be bad: that is true for itself.
		second.ProbeFailed(host, time.Second)
		pass(time.Millisecond)
		if got := server.Applied(fleet.OpWorked); got != 1 {
			t.Errorf("it was told %d times, want once", got)
		}
		if got := server.Applied(fleet.OpHold); got != 0 {
			t.Errorf("who has no lease has held the key open")
		}
		if told := one.take(); len(told) != 0 {
			t.Errorf("the first was told %q", told)
		}
		first.ProbeFailed(host, time.Second)
		pass(time.Millisecond)
		if got := server.Applied(fleet.OpHold); got != 1 {
			t.Errorf("the key was held open %d times, want once", got)
		}
		if told := one.take(); len(told) != 2 || told[0] != "lend "+host+" for 0s" {
			t.Errorf("the first was told %q, want that it may probe no longer, and the wait", told)
		}
	})
}

// The wait after a probe counts from when the probe was due, and not from when
// somebody came to make it.
func TestLease_AProbeThatWasLateShortensTheWait(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ late, wait, want time.Duration }{
		{0, time.Second, time.Second},
		{300 * time.Millisecond, time.Second, 700 * time.Millisecond},
		{900 * time.Millisecond, time.Second, 250 * time.Millisecond},
		{3 * time.Second, 30 * time.Second, 29 * time.Second}, // which the server may have asked for
	} {
		t.Run(test.late.String(), func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				server := fleettest.NewServer()
				_, _, first := linked(t, server.Engine())
				_, _, second := linked(t, server.Engine())
				pass(3 * time.Second)
				first.Opened(host, time.Second)
				second.Opened(host, time.Second)
				pass(time.Second + test.late)
				first.ProbeFailed(host, test.wait)
				pass(0)
				got := server.Entries(fleet.DefaultNamespace)
				if len(got) != 1 || got[0].Wait != test.want {
					t.Errorf("got %+v, want a wait of %s", got, test.want)
				}
			})
		})
	}
}

// A host that is called once in a few seconds is found all the same, and no later
// than somebody alone would by much.
func TestLease_OfAHostThatIsCalledRarely(t *testing.T) {
	t.Parallel()
	for _, every := range []time.Duration{time.Second, 3 * time.Second, 10 * time.Second, time.Minute} {
		t.Run(every.String(), func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				s := newService()
				_, one, two, three := trio(t, s)
				s.down()
				failing(one, two)
				wantState(t, breaker.Open, one, two, three)
				s.up()
				three.busy(every)
				began := time.Now()
				for three.attempts.Load() == 1 { // the one before the outage
					pass(10 * time.Millisecond)
				}
				if took, most := time.Since(began), 2*every+8*time.Second; took > most {
					t.Errorf("with a call each %s the first probe came after %s, want %s at most", every, took, most)
				}
			})
		})
	}
}

// When nobody calls, the fleet lets go, and so do the circuits.
func TestLease_NobodyWants(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		s := newService()
		server, one, two, three := trio(t, s)
		s.down()
		failing(one, two)
		pass(10 * time.Second)
		if got := server.Entries(fleet.DefaultNamespace); len(got) != 0 {
			t.Errorf("the fleet has %+v", got)
		}
		for _, n := range []*node{one, two, three} {
			if n.circuit(host).Fleet {
				t.Error("a circuit is held by the fleet")
			}
			if got := n.fleet.Snapshot().Keys; len(got) != 0 {
				t.Errorf("an instance knows %+v", got)
			}
		}
		s.up()
		three.calls(3)
		wantState(t, breaker.Closed, three)
	})
}

// An instance whose own network is bad must not be the only one who probes.
func TestLease_ABadNetworkDoesNotKeepItForItself(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		s := newService()
		server, one, two, _ := trio(t, s)
		bad := newService()
		sick := join(t, server, bad)
		sick.calls(1)
		s.down()
		bad.down()
		sick.busy(time.Millisecond)
		two.busy(20 * time.Millisecond)
		failing(one, two)
		for one.state() == breaker.Closed {
			one.calls(1)
			pass(50 * time.Millisecond)
		}
		s.up() // but not for the sick one
		pass(4 * time.Second)
		wantState(t, breaker.Closed, one, two)
	})
}
