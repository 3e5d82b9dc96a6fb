// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package main

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
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
		wellFormed(t, name, read(t, dir, name))
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

func wellFormed(t *testing.T, name, content string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(content))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	if !strings.Contains(content, ">surefoot: retry + breaker<") {
		t.Errorf("%s: got no bar for surefoot", name)
	}
}

func TestRun_RefusesWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"-only", "nonsense"}, {"-nonsense"}} {
		if err := run(args, io.Discard); err == nil {
			t.Errorf("%v: got no error", args)
		}
	}
}
