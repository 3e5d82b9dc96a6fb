// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Package cli holds what all commands of this module have in common: what they
// say of how they were called, and where they write.
package cli

import (
	"os"
	"path/filepath"
	"strings"
)

// Command is how a command was called. It leaves out where the output goes,
// which is nobody's business.
func Command(name string, args []string) string {
	kept := []string{"go", "run", "./cmd/" + name}
	for i := 0; i < len(args); i++ {
		flag, _, joined := strings.Cut(strings.TrimLeft(args[i], "-"), "=")
		if flag == "out" {
			if !joined {
				i++
			}
			continue
		}
		kept = append(kept, args[i])
	}
	return strings.Join(kept, " ")
}

// Prepare makes the directory to write to. It is for the beginning, so that
// nothing is lost when everything is over.
func Prepare(dir string) error {
	return os.MkdirAll(dir, 0o755) //nolint:gosec // to be read by everybody
}

// Write writes files, by their names, to a directory.
func Write(dir string, files map[string]string) error {
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil { //nolint:gosec // to be read by everybody
			return err
		}
	}
	return nil
}
