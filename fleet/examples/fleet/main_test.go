// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package main

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"
)

// The instances are this test, started again.
func TestMain(m *testing.M) {
	if isChild() {
		main() // which returns, and plays no parent after that
		return
	}
	os.Exit(m.Run())
}

func TestRun(t *testing.T) { //nolint:paralleltest // it measures time
	var out bytes.Buffer
	began := time.Now()
	if err := run(t.Context(), &out, false); err != nil {
		t.Fatal(err)
	}
	took := time.Since(began)
	t.Logf("%s\n%s", took, out.String())
	if took > 30*time.Second {
		t.Errorf("it took %s, want 30 s at most", took)
	}
	if n := strings.Count(out.String(), "THE SERVICE FAILS"); n != 1 {
		t.Errorf("the service failed %d times, want once: an instance has become a parent", n)
	}
	for _, want := range []string{
		"four   circuit opened by the fleet", "four   circuit closed by the fleet",
		"held by the fleet", "the fleet is lost; circuits go on alone", "the calls went on without it",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the timeline does not say %q", want)
		}
	}
}
