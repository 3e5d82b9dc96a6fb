// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestRun_WritesAReport(t *testing.T) {
	t.Parallel()
	out := filepath.Join(t.TempDir(), "LEDGER.md")
	var log bytes.Buffer
	status, err := run(t.Context(), []string{"-calls", "400", "-callers", "2", "-clients", "surefoot,bare", "-out", out}, &log)
	if status != statusOK || err != nil {
		t.Fatalf("got %d, %v\n%s", status, err, &log)
	}
	report, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"go run ./cmd/ledger -calls 400 -callers 2 -seed 1 -keys both -clients surefoot,bare`",
		"\n| surefoot | this tree |", "## Without keys", "## With idempotency keys", "\n| cut after the commit |",
	} {
		if !bytes.Contains(report, []byte(want)) {
			t.Errorf("the report lacks %q", want)
		}
	}
	if strings.Contains(string(report), out) {
		t.Error("the report tells where it lies")
	}
	if n := strings.Count(log.String(), "400 asked"); n != 4 {
		t.Errorf("%d runs were told of, want 4:\n%s", n, &log)
	}
}

func TestRun_RefusesWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"-clients", "nobody"}, {"-keys", "maybe"}, {"-calls", "0"}, {"-callers", "0"}, {"-nothing"}, {"more"},
	} {
		var log bytes.Buffer
		if status, err := run(t.Context(), append(args, "-out", ""), &log); status != statusFailed || err == nil {
			t.Errorf("%q: got %d, %v", args, status, err)
		}
	}
}
