// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package chaos_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/chaos"
	"github.com/surefoot-go/surefoot/chaos/internal/network"
	"github.com/surefoot-go/surefoot/chaos/internal/plan"
)

// short is a run that is long enough for every outage to happen.
func short(t *testing.T, name string, keys bool) chaos.Config {
	t.Helper()
	client, ok := chaos.Find(name)
	if !ok {
		t.Fatalf("there is no client %q", name)
	}
	cfg := chaos.Default(client, keys)
	cfg.Calls, cfg.Callers, cfg.Between = 5_000, 2, 24
	return cfg
}

func run(t *testing.T, cfg chaos.Config) *chaos.Audit {
	t.Helper()
	a, err := chaos.Run(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%s, keys %v: %d asked in %s, %d completed of %d, %d missed (%d in outages; budget %d, circuit %d), %d cut short, %d twice, %d lost, %d excused; stood still for %s",
		cfg.Client.Name, cfg.Keys, a.Asked, a.Took.Round(time.Millisecond), a.Completed, a.Completable, a.Missed, a.MissedInOutages,
		a.ByBudget, a.ByCircuit, a.CutShort, a.Twice, a.Lost, a.Excused, a.Stall)
	if cfg.Keys && a.Completed+a.Missed != a.Completable {
		t.Errorf("%d completed and %d missed are not %d", a.Completed, a.Missed, a.Completable)
	}
	return a
}

// The claim: nothing is applied twice, and with keys all completes that can.
func TestSurefoot_AppliesNothingTwice(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		keys bool
	}{
		{"surefoot", false},
		{"surefoot", true},
		{"surefoot-unlimited", true},
	} {
		t.Run(map[bool]string{true: "keys", false: "no keys"}[test.keys]+", "+test.name, func(t *testing.T) {
			t.Parallel()
			a := run(t, short(t, test.name, test.keys))
			if a.Twice != 0 || a.Lost != 0 || !a.OK() {
				t.Errorf("%d applied twice, %d lost, %d missed, %d failed though nothing befell them (stood still for %s):",
					a.Twice, a.Lost, a.Missed, a.UntouchedFailed, a.Stall)
				for _, line := range a.Broken {
					t.Error(line)
				}
			}
			checkFaults(t, a)
			if test.keys && a.Missed > a.ByBudget+a.ByCircuit {
				t.Errorf("%d missed, only %d of them by the budget and %d by the circuit", a.Missed, a.ByBudget, a.ByCircuit)
			}
		})
	}
}

// checkFaults makes sure that there was something to survive.
func checkFaults(t *testing.T, a *chaos.Audit) {
	t.Helper()
	for f := plan.Before; f < plan.Faults; f++ {
		if a.Faults[f] == 0 {
			t.Errorf("no call was ever %s", f)
		}
	}
	if a.Slow == 0 || a.Hopeless == 0 || a.CutShort == 0 {
		t.Errorf("%d slow, %d hopeless, %d cut short, want some of each", a.Slow, a.Hopeless, a.CutShort)
	}
	// Those of HTTP/1.1 are among those of HTTP/2. A circuit that is open may
	// let one of them come to nothing.
	if want := network.OutageKinds(true); len(a.Outages) < want-1 {
		t.Errorf("%d kinds of outages happened, want %d: %v", len(a.Outages), want, a.Outages)
	}
}

// The books can show a payment that was applied twice: here is a client that
// sends POSTs again.
func TestAudit_ShowsWhatIsAppliedTwice(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"go-retryablehttp", "failsafe-go"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := short(t, name, false)
			cfg.Calls = 1000
			cfg.Mix = plan.Mix{Faulty: 0.2, Only: []plan.Fault{plan.AfterCommit}}
			a := run(t, cfg)
			if a.Twice == 0 || a.OK() || len(a.Broken) == 0 {
				t.Errorf("%d applied twice, want many", a.Twice)
			}
		})
	}
}

// Keys keep even that client from it.
func TestAudit_ShowsWhatKeysAreFor(t *testing.T) {
	t.Parallel()
	cfg := short(t, "go-retryablehttp", true)
	cfg.Calls = 1000
	cfg.Mix = plan.Mix{Faulty: 0.2, Only: []plan.Fault{plan.AfterCommit}}
	if a := run(t, cfg); a.Twice != 0 || a.Lost != 0 {
		t.Errorf("%d applied twice, %d lost, want none", a.Twice, a.Lost)
	}
}

// The books can show a call that should have completed: here is a client that
// never tries again.
func TestAudit_ShowsWhatIsMissed(t *testing.T) {
	t.Parallel()
	cfg := short(t, "bare", true)
	cfg.Calls = 1000
	cfg.Client.Unlimited = true // so that it is held to the claim
	a := run(t, cfg)
	if a.Missed == 0 || a.OK() || len(a.Broken) == 0 {
		t.Errorf("%d missed, want many", a.Missed)
	}
}

func TestRun_Ends(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancelCause(t.Context())
	stop := errors.New("enough")
	cfg := short(t, "surefoot", false)
	cfg.Calls = 1_000_000
	cfg.Progress = func(chaos.Progress) { cancel(stop) }
	if _, err := chaos.Run(ctx, cfg); !errors.Is(err, stop) {
		t.Errorf("got %v, want the cause", err)
	}
}

func TestRun_ChecksItsConfig(t *testing.T) {
	t.Parallel()
	if _, err := chaos.Run(t.Context(), chaos.Config{}); err == nil {
		t.Error("want an error")
	}
}
