// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/surefoot-go/surefoot/benchmarks/internal/page/pagetest"
)

//nolint:paralleltest // counts what the whole process allocates
func TestRun_WritesPageAndCharts(t *testing.T) {
	dir := t.TempDir()
	if err := run([]string{"-quick", "-rounds", "1", "-slice", "50µs", "-out", dir}, io.Discard); err != nil {
		t.Fatal(err)
	}
	page := read(t, dir, "RESULTS.md")
	for _, want := range []string{
		"# Results", "## What surefoot has to reach", "## Allocations", "## Ingredients", "## Connections", "## Memory",
		"go run ./cmd/report -quick -rounds 1", "| **surefoot** |", "go-retryablehttp", "failsafe: retry + breaker",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(page, dir) || strings.Contains(page, "NaN") {
		t.Errorf("got a page with a path or a NaN:\n%s", page)
	}
	for _, name := range []string{"time.svg", "allocations.svg"} {
		svg := read(t, dir, name)
		if pagetest.Elements(t, svg)["rect"] == 0 || !strings.Contains(svg, ">surefoot: retry + breaker<") {
			t.Errorf("%s: got no bar for surefoot", name)
		}
	}
}

func read(t *testing.T, dir, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func TestRun_RefusesWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"-only", "nonsense"}, {"-nonsense"}} {
		if err := run(args, io.Discard); err == nil {
			t.Errorf("%v: got no error", args)
		}
	}
}
