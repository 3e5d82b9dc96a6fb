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
	if os.Getenv("FLEET_TEST_MAIN") != "" {
		main()
	}
	os.Exit(m.Run())
}

func TestRun_WritesPageAndCharts(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var out strings.Builder
	args := []string{"-quick", "-only", "outage503,blip", "-instances", "200", "-crew", "alone,shared", "-out", dir}
	if err := command().Do(t, args, &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join(dir, "FLEET.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"go run ./cmd/fleet -quick -only outage503,blip -instances 200 -crew alone,shared\n", "too short to quote", "## outage503, 200 instances"} {
		if !strings.Contains(string(page), want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(string(page), dir) {
		t.Error("got a page with a path")
	}
	for _, name := range []string{"fleet-outage503.svg", "fleet-outage503-closeup.svg"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
	if !strings.Contains(out.String(), "blip, 200 instances") || strings.Contains(out.String(), ", 20 instances") {
		t.Errorf("got no tables, or too many:\n%s", out.String())
	}
}

func TestRun_RefusesWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"-only", "nonsense"}, {"-crew", "alone,nonsense"}, {"-crew", "["}, {"-instances", "7"}, {"-nonsense"},
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
		"-print -quick -only blip -crew shared -instances 20": "blip",
		"-list":                                 "outage503",
		"-print -quick -only blip -crew nosuch": "",
	} {
		cmd := exec.CommandContext(t.Context(), exe, strings.Fields(args)...)
		cmd.Env = append(os.Environ(), "FLEET_TEST_MAIN=1")
		out, err := cmd.Output()
		if (err != nil) != (want == "") || !strings.Contains(string(out), want) || strings.Contains(string(out), "PASS") {
			t.Errorf("%s: got %v and:\n%s", args, err, out)
		}
	}
}
