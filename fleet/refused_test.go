// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package fleet_test

import (
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/fleet"
	"github.com/surefoot-go/surefoot/fleet/fleettest"
	"github.com/surefoot-go/surefoot/peer"
)

// A server that says to several that it cannot serve need not be asked three times a
// second long: the circuits of all open. One that wants less, or says so to one, opens
// none.
func TestRefused_AServersOwnWordOpensCircuits(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		told    int // instances
		failing bool
		open    bool
	}{
		{"503 with Retry-After to two of three", 2, true, true},
		{"to one of three", 1, true, false},
		{"429 to all", 3, false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				server := fleettest.NewServer()
				circuits := make([]*breakers, 3)
				links := make([]peer.CoolDownLink, len(circuits))
				for i := range links {
					f, b, _ := linked(t, server.Engine())
					b.active = []string{host}
					circuits[i], links[i] = b, f.ShareCoolDowns(&coolDowns{})
				}
				pass(8 * time.Second) // they have told that they call it
				for _, link := range links[:tt.told] {
					link.Cooling(host, 5*time.Second, tt.failing)
				}
				pass(500 * time.Millisecond)
				for i, b := range circuits {
					if got := b.wasTold("open " + host); got != tt.open {
						t.Errorf("breaker %d was told to open its circuit: %v, want %v", i+1, got, tt.open)
					}
				}
			})
		})
	}
}

// It is good for as long as the server has asked for.
func TestRefused_IsForgottenWithTheCoolDown(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		between time.Duration // the words to two instances
		open    bool
	}{{500 * time.Millisecond, true}, {1500 * time.Millisecond, false}} {
		bubble(t, func(t *testing.T) {
			server := fleettest.NewServer()
			f, one, _ := linked(t, server.Engine())
			g, two, _ := linked(t, server.Engine())
			first, second := f.ShareCoolDowns(&coolDowns{}), g.ShareCoolDowns(&coolDowns{})
			first.Cooling(host, time.Second, true)
			pass(tt.between)
			second.Cooling(host, time.Second, true)
			pass(time.Second)
			for _, b := range []*breakers{one, two} {
				if got := b.wasTold("open " + host); got != tt.open {
					t.Errorf("%s between them: a breaker was told to open its circuit: %v, want %v", tt.between, got, tt.open)
				}
			}
		})
	}
}

// A probe that finds the server well takes its word back.
func TestRefused_IsTakenBackByAGoodProbe(t *testing.T) {
	t.Parallel()
	for _, well := range []bool{false, true} {
		bubble(t, func(t *testing.T) {
			server := fleettest.NewServer()
			f, one, _ := linked(t, server.Engine())
			g, two, _ := linked(t, server.Engine())
			first, second := f.ShareCoolDowns(&coolDowns{}), g.ShareCoolDowns(&coolDowns{})
			first.Cooling(host, 5*time.Second, true)
			pass(time.Second)
			if well {
				first.Cooling(host, 0, true)
			}
			pass(time.Second)
			second.Cooling(host, 5*time.Second, true)
			pass(time.Second)
			for _, b := range []*breakers{one, two} {
				if got := b.wasTold("open " + host); got == well {
					t.Errorf("well again: %v: a breaker was told to open its circuit: %v", well, got)
				}
			}
			if got := len(server.Entries(fleet.DefaultNamespace)); well && got != 0 {
				t.Errorf("%d entries on the server, want none: the cool-down's report goes, too", got)
			}
		})
	}
}

// What the breaker has seen for itself stays.
func TestRefused_AStreakIsNotTakenBackByAProbeOfTheLimiter(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		server := fleettest.NewServer()
		f, one, link := linked(t, server.Engine())
		g, _, other := linked(t, server.Engine())
		first := f.ShareCoolDowns(&coolDowns{})
		_ = g
		first.Cooling(host, 5*time.Second, true)
		link.Failing(host, 2*time.Second)
		first.Cooling(host, 0, true)
		pass(time.Second)
		other.Failing(host, 2*time.Second)
		pass(time.Second)
		if !one.wasTold("open " + host) {
			t.Error("the circuit was not opened by two streaks")
		}
	})
}

// A report that was taken back just now does not keep the server's word from going.
func TestRefused_IsToldAtOnce(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		server := fleettest.NewServer()
		f, one, link := linked(t, server.Engine())
		g, _, _ := linked(t, server.Engine())
		first, second := f.ShareCoolDowns(&coolDowns{}), g.ShareCoolDowns(&coolDowns{})
		pass(time.Second)
		link.Failing(host, 500*time.Millisecond)
		pass(10 * time.Millisecond)
		link.Working(host)
		pass(100 * time.Millisecond)
		first.Cooling(host, 5*time.Second, true)
		second.Cooling(host, 5*time.Second, true)
		pass(time.Second)
		if !one.wasTold("open " + host) {
			t.Error("the circuit was not opened")
		}
	})
}

// Where nobody has circuits, there is nothing to open.
func TestRefused_LimitersAlone(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		server := fleettest.NewServer()
		for range 2 {
			f, err := fleet.NewWith(server.Engine())
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = f.Close() })
			f.ShareCoolDowns(&coolDowns{}).Cooling(host, 5*time.Second, true)
		}
		pass(time.Second)
		for _, e := range server.Entries(fleet.DefaultNamespace) {
			if e.Subject == fleet.Circuit {
				t.Errorf("got %+v on the server, want the cool-down only", e)
			}
		}
	})
}
