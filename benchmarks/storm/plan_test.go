// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package storm_test

import (
	"math"
	"reflect"
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/benchmarks/storm"
)

// scenario returns one of the list, with the usual number of clients.
func scenario(t *testing.T, name string) storm.Scenario {
	t.Helper()
	for _, s := range storm.Scenarios() {
		if s.Label() == name {
			return s
		}
	}
	t.Fatalf("there is no scenario %q", name)
	return storm.Scenario{}
}

func TestPlan_IsTheSameForTheSameSeed(t *testing.T) {
	t.Parallel()
	s := scenario(t, "outage503")
	one, again, other := storm.Plan(s, 1), storm.Plan(s, 1), storm.Plan(s, 2)
	if !reflect.DeepEqual(one, again) {
		t.Error("got two plans for one seed")
	}
	if reflect.DeepEqual(one[:10], other[:10]) {
		t.Error("got one plan for two seeds")
	}
}

// What the fault is must not change who calls when, nor the work.
func TestPlan_DoesNotDependOnTheFault(t *testing.T) {
	t.Parallel()
	if !reflect.DeepEqual(storm.Plan(scenario(t, "outage503"), 3), storm.Plan(scenario(t, "hang"), 3)) {
		t.Error("got other calls for another fault")
	}
}

func TestPlan_HasTheLoadAndTheWork(t *testing.T) {
	t.Parallel()
	s := scenario(t, "overload")
	var calls, work [3]float64
	from, to := s.Period(0)
	clients := map[int]int{}
	for _, p := range storm.Plan(s, 0) {
		phase := 0
		if p.At >= from {
			phase = 1
		}
		if p.At >= to {
			phase = 2
		}
		calls[phase]++
		work[phase] += p.First.Service.Seconds()
		clients[p.Client]++
	}
	for phase, length := range []time.Duration{from, to - from, s.Length(0) - to} {
		if got, want := calls[phase]/length.Seconds(), 400*s.Load[phase]; math.Abs(got/want-1) > 0.05 {
			t.Errorf("phase %d: got %.0f calls a second, want %.0f", phase, got, want)
		}
		if got := work[phase] / calls[phase]; math.Abs(got/0.050-1) > 1e-6 {
			t.Errorf("phase %d: got %.6f s of work, want 0.05", phase, got)
		}
	}
	if len(clients) != s.Clients {
		t.Errorf("got %d clients, want %d", len(clients), s.Clients)
	}
}

func TestPlan_HasATailAndHosts(t *testing.T) {
	t.Parallel()
	slow, calls := 0, storm.Plan(scenario(t, "tail"), 0)
	for _, p := range calls {
		if p.First.Service > time.Second {
			slow++
		}
	}
	// A slow answer takes longer than its mean of a second with probability 1/e.
	if got := float64(slow) / float64(len(calls)); math.Abs(got-0.02/math.E) > 0.002 {
		t.Errorf("got %.4f of the answers over a second, want %.4f", got, 0.02/math.E)
	}
	hosts := map[int]int{}
	calls = storm.Plan(scenario(t, "host-down-503"), 0)
	for _, p := range calls {
		hosts[p.Host]++
	}
	for host := range 3 {
		if got := float64(hosts[host]) / float64(len(calls)); math.Abs(got-1./3) > 0.02 {
			t.Errorf("host %d: got %.3f of the calls, want a third", host, got)
		}
	}
}

func TestScenario_LastsLongerWithEachSeed(t *testing.T) {
	t.Parallel()
	s := scenario(t, "hang")
	for seed, want := range []time.Duration{30 * time.Second, 31 * time.Second, 32 * time.Second} {
		if from, to := s.Period(seed); from != 15*time.Second || to-from != want {
			t.Errorf("seed %d: got %s to %s, want %s from 15s on", seed, from, to, want)
		}
		if after := s.Length(seed) - s.Before - want; after < 60*time.Second {
			t.Errorf("seed %d: got %s afterwards, want a minute at least", seed, after)
		}
	}
}

func TestScenarios_HaveLabelsOfTheirOwn(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, s := range storm.Scenarios() {
		if seen[s.Label()] || s.Text == "" {
			t.Errorf("got %q twice, or without a text", s.Label())
		}
		seen[s.Label()] = true
		// Next to no load is for those where nothing must ever wait.
		if got := s.Capacity(); s.Load[0] > 0.1 && math.Abs(got-400) > 1e-9 {
			t.Errorf("%s: got a capacity of %v, want 400", s.Label(), got)
		}
	}
}
