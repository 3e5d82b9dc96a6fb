// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package plan_test

import (
	"math"
	"testing"

	"github.com/surefoot-go/surefoot/chaos/internal/plan"
)

func TestPlan_IsAFunctionOfItsSeed(t *testing.T) {
	t.Parallel()
	one, same, other := plan.New(1, plan.DefaultMix()), plan.New(1, plan.DefaultMix()), plan.New(2, plan.DefaultMix())
	differ := 0
	for n := range 10_000 {
		a, b, c := one.Of(n), same.Of(n), other.Of(n)
		for attempt := 1; attempt <= plan.MaxHits+1; attempt++ {
			if a.Fault(attempt) != b.Fault(attempt) || a.Cut(attempt, 100) != b.Cut(attempt, 100) {
				t.Fatalf("call %d: two fates", n)
			}
			if a.Fault(attempt) != c.Fault(attempt) {
				differ++
			}
		}
	}
	if differ == 0 {
		t.Error("another seed makes no difference")
	}
}

func TestPlan_KeepsToItsMix(t *testing.T) {
	t.Parallel()
	const calls = 400_000
	mix := plan.DefaultMix()
	p := plan.New(7, mix)
	var healthy, slow, hopeless, padded float64
	var faults [plan.Faults]int
	for n := range calls {
		f := p.Of(n)
		switch {
		case f.Healthy():
			healthy++
		case f.Slow:
			slow++
		case f.Hopeless:
			hopeless++
		}
		if f.Padding > 0 {
			padded++
		}
		faults[f.Fault(1)]++
	}
	for _, test := range []struct {
		name      string
		got, want float64
	}{
		{"healthy", healthy, 1 - mix.Faulty - mix.Slow - mix.Hopeless},
		{"slow", slow, mix.Slow},
		{"hopeless", hopeless, mix.Hopeless},
		{"padded", padded, mix.Large},
	} {
		deviation := math.Sqrt(test.want * calls)
		if math.Abs(test.got-test.want*calls) > 5*deviation {
			t.Errorf("%s: got %v of %d, want %v", test.name, test.got, calls, test.want*calls)
		}
	}
	for f := plan.Before; f < plan.Faults; f++ {
		if faults[f] == 0 {
			t.Errorf("never %s", f)
		}
	}
}

// What makes a call completable by four attempts.
func TestPlan_LetsTheFourthAttemptThrough(t *testing.T) {
	t.Parallel()
	p := plan.New(3, plan.DefaultMix())
	for n := range 100_000 {
		f := p.Of(n)
		switch fourth := f.Fault(plan.MaxHits + 1); {
		case f.Hopeless:
			for attempt := 1; attempt < 20; attempt++ {
				if got := f.Fault(attempt); got == plan.None || got == plan.ResponseBody {
					t.Fatalf("hopeless call %d, attempt %d: %s", n, attempt, got)
				}
			}
		case fourth != plan.None:
			t.Fatalf("call %d, fourth attempt: %s", n, fourth)
		}
	}
}
