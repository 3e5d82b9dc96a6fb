// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

//go:build unix

package servers

import (
	"path/filepath"
	"testing"
	"time"
)

// What happens when this process ends, whatever ends it: the guard's input ends.
func TestGroup_EndsWithItsLease(t *testing.T) {
	t.Parallel()
	path, err := Find("sleep")
	if err != nil {
		t.Fatal(err)
	}
	p, err := spawn(t.Context(), filepath.Join(t.TempDir(), "log"), path, "600")
	if err != nil {
		t.Fatal(err)
	}
	defer p.kill()
	if p.over() {
		t.Fatal("it ended at once")
	}
	_ = p.group.lease.Close()
	limit := time.NewTimer(patience)
	defer limit.Stop()
	select {
	case <-p.ended:
	case <-limit.C:
		t.Error("it outlives the process that started it")
	}
}
