// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package cli_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/surefoot-go/surefoot/benchmarks/internal/cli"
)

func TestCommand_LeavesOutWhereTheOutputGoes(t *testing.T) {
	t.Parallel()
	rows := []struct {
		name string
		args []string
		want string
	}{
		{"nothing asked for", nil, "go run ./cmd/storm"},
		{"as two words", []string{"-quick", "-out", "/home/me", "-seeds", "1"}, "go run ./cmd/storm -quick -seeds 1"},
		{"as one word", []string{"-out=/home/me", "-quick"}, "go run ./cmd/storm -quick"},
		{"with two dashes", []string{"--out", "/home/me", "-quick"}, "go run ./cmd/storm -quick"},
		{"last of all, without a value", []string{"-quick", "-out"}, "go run ./cmd/storm -quick"},
		{"a value that looks like it", []string{"-only", "outage"}, "go run ./cmd/storm -only outage"},
	}
	for _, row := range rows {
		if got := cli.Command("storm", row.args); got != row.want {
			t.Errorf("%s: got %q, want %q", row.name, got, row.want)
		}
	}
}

func TestWrite_WritesWhatWasPrepared(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "a", "b")
	files := map[string]string{"A.md": "a page", "a.svg": "a chart"}
	if err := cli.Write(dir, files); err == nil {
		t.Error("got no error of a directory that does not exist")
	}
	if err := cli.Prepare(dir); err != nil {
		t.Fatal(err)
	}
	if err := cli.Write(dir, files); err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(got) != want {
			t.Errorf("%s: got %q, %v, want %q", name, got, err, want)
		}
	}
}
