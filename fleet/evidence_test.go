// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package fleet_test

import (
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/fleet"
	"github.com/surefoot-go/surefoot/fleet/fleettest"
)

// A report that had to wait for another batch is as old as what was seen, not as
// young as the batch: it holds for what is left of its five seconds.
func TestEvidence_HoldsFromWhenItWasSeen(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		at   time.Duration // of the second instance's report
		want int           // keys open then
	}{
		{"while it holds", 6500 * time.Millisecond, 1},
		{"when it does no longer", 7500 * time.Millisecond, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				server := fleettest.NewServer()
				e := server.Engine()
				_, _, first := linked(t, e, fleet.WithReconcileEvery(time.Minute))
				_, _, second := linked(t, server.Engine())
				pass(3 * time.Second)
				e.SetLatency(4 * time.Second)
				first.Opened("under way", 0)
				pass(0)
				first.Failing(host, 2*time.Second) // is sent after 4 s, and there after 6
				pass(test.at)
				second.Failing(host, 2*time.Second)
				pass(0)
				if got := server.Entries(fleet.DefaultNamespace); len(got) != test.want {
					t.Errorf("got %+v, want %d", got, test.want)
				}
			})
		})
	}
}

// Evidence that was told once, and cannot be told again, is over when it is five
// seconds old: to try in vain does not make it younger.
func TestEvidence_ATryInVainMakesItNoYounger(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		server := fleettest.NewServer()
		e := server.Engine()
		f, _, link := linked(t, e)
		pass(3 * time.Second)
		e.Cut()
		link.Failing(host, 2*time.Second)
		pass(6 * time.Second) // with a try every two
		e.Heal()
		pass(10 * time.Second)
		if got := server.Applied(fleet.OpReport); got != 0 {
			t.Errorf("it was reported %d times, want never", got)
		}
		if got := f.Snapshot(); !got.Reachable {
			t.Errorf("got %+v, want it reachable", got)
		}
	})
}
