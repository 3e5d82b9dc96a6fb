// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package main

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

func sample() *report {
	recovery := 130.0
	r := &report{
		Target: "http://127.0.0.1:20001", Embedded: true, Seed: 1, Faults: "500=2", Workers: 8,
		Stack: "retry → base", Seconds: 1.5, Calls: 100, AskedAgain: 3, P50: 0.25, P99: 1250,
		Outcomes: []outcome{{"success", "201", 90, 3}, {"terminal", "422", 7, 0}, {"unknown", outcomeOpen, 3, 0}},
		Attempts: 110, Resent: 1, Arrived: 108, Struck: map[string]int{"500": 7},
		Retries:    map[string]int{"500": 6, "connection reset": 1},
		NotRetried: []notRetried{{reasonTerminal, 7, map[string]int{"422": 7}}, {"not_idempotent", 1, map[string]int{"500": 1}}},
		Circuit:    circuitReport{Opened: 1, Rejected: 3, Recovery: &recovery, Timeline: []timelineRow{{0.5, "circuit opened"}}},
		Declined:   map[string]int{"lost_card": 2, "expired_card": 5},
		OK:         true,
	}
	r.Ledger.Payments = ledgerCount{Asked: 80, Answered: 76, UnknownAtFirst: 4, Settled: 3, Unknown: 1, UnknownApplied: 1, Applied: 80}
	return r
}

func TestReport_Text(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := sample().print(&out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"100 calls by 8 workers to an embedded payments service at http://127.0.0.1:20001\n",
		"a call took 250µs at p50, 1.25s at p99\n",
		"  success    201                            90            3\n",
		"  terminal   422                             7            -\n",
		"        7  retries            after 500 ×6, connection reset ×1\n",
		"        7  terminal           another try would not change the answer: 422 ×7\n",
		"Circuit: opened once, kept 3 attempts away from the service\n   0.50 s  circuit opened\n  recovered 130ms after the service was back\n",
		"expired_card ×5, lost_card ×2\n",
		"  applied twice                                         0        0\n",
		"\nOK: no payment was applied twice, no answer was lost.\n",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("got no %q in\n%s", want, &out)
		}
	}
	for line := range strings.Lines(out.String()) {
		if strings.HasSuffix(line, " \n") {
			t.Errorf("got space at the end of %q", line)
		}
	}
}

func TestReport_TextTellsWhatIsBroken(t *testing.T) {
	t.Parallel()
	r := sample()
	r.OK, r.Ledger.Payments.AppliedTwice, r.Ledger.Broken = false, 2, []string{"order-000007: applied 2 times"}
	var out bytes.Buffer
	if err := r.print(&out); err != nil {
		t.Fatal(err)
	}
	if want := "FAILED: 2 applied twice, 0 answers lost, 0 POSTs without a key arrived twice, 0 applied unasked.\n  order-000007: applied 2 times\n"; !strings.HasSuffix(out.String(), want) {
		t.Errorf("got no %q at the end of\n%s", want, &out)
	}
}

func TestReport_JSONShape(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := sample().printJSON(&out); err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"asked_again", "attempts", "calls", "circuit", "concurrency", "declined_cards", "embedded", "faults",
		"faults_that_struck", "interrupted", "ledger", "made_up_of", "not_retried", "ok", "outcomes", "p50_ms",
		"p99_ms", "requests_that_arrived", "resent_by_net_http", "retries", "seconds", "seed", "stack", "target",
	}
	if keys := slices.Sorted(maps.Keys(got)); !slices.Equal(keys, want) {
		t.Errorf("got keys %q, want %q", keys, want)
	}
	ledger, ok := got["ledger"].(map[string]any)
	if !ok || ledger["answers_lost"] != 0. {
		t.Errorf("got ledger %v, want no answer lost", got["ledger"])
	}
	payments, ok := ledger["payments"].(map[string]any)
	if !ok || payments["applied"] != 80. || payments["applied_twice"] != 0. || payments["unknown_to_the_caller"] != 1. {
		t.Errorf("got payments %v", ledger["payments"])
	}
}

func TestTerminal_OnlyForDevices(t *testing.T) {
	t.Parallel()
	file, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	if terminal(file) || terminal(new(bytes.Buffer)) {
		t.Error("got a progress line for a file or a buffer, want none")
	}
}
