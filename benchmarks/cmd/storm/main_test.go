// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package main

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestMain lets a test run this program in a process of its own.
func TestMain(m *testing.M) {
	if os.Getenv("STORM_TEST_MAIN") != "" {
		main()
	}
	os.Exit(m.Run())
}

func TestRun_WritesPageAndCharts(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var out strings.Builder
	args := []string{"-quick", "-only", "outage503,blip", "-clients", "5", "-lib", "bare,surefoot", "-out", dir}
	if err := command().Do(t, args, &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join(dir, "STORMS.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"go run ./cmd/storm -quick -only outage503,blip -clients 5 -lib bare,surefoot\n", "too short to quote", "## outage503, 5 clients"} {
		if !strings.Contains(string(page), want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(string(page), dir) {
		t.Error("got a page with a path")
	}
	if !strings.Contains(out.String(), "outage503, 5 clients") || !strings.Contains(out.String(), "surefoot") {
		t.Errorf("got no tables:\n%s", out.String())
	}
}

func TestRun_RefusesWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"-only", "nonsense"}, {"-lib", "bare,nonsense"}, {"-lib", "["}, {"-clients", "none"}, {"-clients", "0"}, {"-nonsense"},
	} {
		if err := command().Do(t, append(args, "-print", "-quick"), io.Discard, io.Discard); err == nil {
			t.Errorf("%v: got no error", args)
		}
	}
}

// A program that is no test has bubbles, too.
func TestMain_RunsOutsideOfATest(t *testing.T) {
	t.Parallel()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for args, want := range map[string]string{
		"-print -quick -only blip -lib bare":   "blip",
		"-list":                                "outage503",
		"-print -quick -only blip -lib nosuch": "",
	} {
		cmd := exec.CommandContext(t.Context(), exe, strings.Fields(args)...)
		cmd.Env = append(os.Environ(), "STORM_TEST_MAIN=1")
		out, err := cmd.Output()
		if (err != nil) != (want == "") || !strings.Contains(string(out), want) || strings.Contains(string(out), "PASS") {
			t.Errorf("%s: got %v and:\n%s", args, err, out)
		}
	}
}
