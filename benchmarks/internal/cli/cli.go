// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Package cli holds what the commands of this module have in common.
package cli

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// Chosen returns those of all whose name is one of the patterns, which are
// separated by commas. Without a pattern that is all. A pattern that no name
// fits is a mistake.
func Chosen[T any](patterns string, all []T, name func(T) string) ([]T, error) {
	if patterns == "" {
		return all, nil
	}
	fits := map[string]bool{}
	var some []T
	for _, one := range all {
		found := false
		for pattern := range strings.SplitSeq(patterns, ",") {
			ok, err := path.Match(strings.TrimSpace(pattern), name(one))
			if err != nil {
				return nil, fmt.Errorf("%q: %w", pattern, err)
			}
			fits[pattern] = fits[pattern] || ok
			found = found || ok
		}
		if found {
			some = append(some, one)
		}
	}
	for pattern := range strings.SplitSeq(patterns, ",") {
		if !fits[pattern] {
			return nil, fmt.Errorf("nothing is called %q; see -list", pattern)
		}
	}
	return some, nil
}

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

// Write writes files, by their names, to a directory.
func Write(dir string, files map[string]string) error {
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil { //nolint:gosec // to be read by everybody
			return err
		}
	}
	return nil
}
