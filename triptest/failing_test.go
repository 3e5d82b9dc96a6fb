// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package triptest_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/surefoot-go/surefoot/triptest"
)

// TestRun_Failing is run by TestRun_FailsTheTest in a process of its own.
func TestRun_Failing(t *testing.T) {
	t.Parallel()
	if os.Getenv("TRIPTEST_FAILING") == "" {
		t.Skip("it fails, and is meant to")
	}
	triptest.Run(t, retrying(2), triptest.Only("request/sent-once", "request/host", "retry/waits"))
}

func TestRun_FailsTheTest(t *testing.T) {
	t.Parallel()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestRun_Failing$", "-test.v")
	cmd.Env = append(os.Environ(), "TRIPTEST_FAILING=1")
	out, err := cmd.CombinedOutput()
	if err == nil {
		t.Errorf("got a test that passes, want it to fail")
	}
	for _, want := range []string{
		"--- FAIL: TestRun_Failing/request/sent-once",
		"--- PASS: TestRun_Failing/request/host",
		"--- SKIP: TestRun_Failing/retry/waits",
		"GET answered with 503: got 2 attempts, want 1",
		"source: net/http, RoundTripper",
	} {
		if !strings.Contains(string(out), want) {
			t.Errorf("got\n%s\nwant it to say %q", out, want)
		}
	}
}
