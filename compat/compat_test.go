// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package compat_test

import (
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/surefoot-go/surefoot/compat/cases"
	"github.com/surefoot-go/surefoot/compat/rig"
)

// TestMain lets cases run beside each other on few cores: they mostly wait.
func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", "32"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

func TestSDKs(t *testing.T) {
	t.Parallel()
	for _, c := range cases.All() {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			result, err := rig.Run(t.Context(), c, rig.Short())
			if err != nil {
				t.Fatal(err)
			}
			for _, problem := range result.Problems {
				t.Error(problem)
			}
			if result.Surefoot.Calls == 0 {
				t.Error("no call met a fault")
			}
			if result.Hang.Calls == 0 && len(result.Hang.Unsure) == 0 {
				t.Error("no call hung")
			}
			t.Logf("%+v bare, %+v with surefoot (%d had to fail, %d bodies cut), hang: %+v, requests to a dead server: %d, with the SDK's own retries %d; %s",
				result.Bare, result.Surefoot, result.Refused, result.Cut, result.Hang, result.DeadOff, result.DeadOn, result.Took)
		})
	}
}

// The table says of every case what a run of this tree would: it is there, with
// the version that go.mod pins, and without a broken promise. The numbers are of
// the run that wrote it.
func TestResults_AreOfTheseSDKs(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("RESULTS.md")
	if err != nil {
		t.Fatal(err)
	}
	mod, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(page), "## Broken") {
		t.Error("RESULTS.md tells of broken promises")
	}
	for _, c := range cases.All() {
		_, row, found := strings.Cut(string(page), "\n| "+c.Name+" | ")
		version, _, _ := strings.Cut(row, " | ")
		if !found || c.Module != "std" && !strings.Contains(string(mod), c.Module+" "+version) {
			t.Errorf("RESULTS.md has version %q of %s, and go.mod another: go run ./cmd/table", version, c.Name)
		}
		row, _, _ = strings.Cut(row, "\n")
		if !strings.HasSuffix(row, "| **100 %** | "+tail(row)) || !strings.HasSuffix(row, "| **0** |") {
			t.Errorf("RESULTS.md says of %s: %s", c.Name, row)
		}
	}
}

// tail is what comes after the share of the completable.
func tail(row string) string {
	cells := strings.Split(row, " | ")
	return strings.Join(cells[max(0, len(cells)-4):], " | ")
}
