// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// write makes the files of a directory those of want.
func write(dir string, want map[string]string) error {
	have, err := read(dir)
	if err != nil {
		return err
	}
	for name := range have {
		if _, ok := want[name]; !ok {
			if err := os.Remove(filepath.Join(dir, name)); err != nil {
				return err
			}
		}
	}
	for name, text := range want {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil { //nolint:gosec // for everybody to read
			return err
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil { //nolint:gosec // for everybody to read
			return err
		}
	}
	return nil
}

// read returns the lists in a directory by name. One that is not there has none.
func read(dir string) (map[string]string, error) {
	have := map[string]string{}
	err := filepath.WalkDir(dir, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(file) != ".txt" {
			return err
		}
		data, err := os.ReadFile(file) //nolint:gosec // the directory was asked for
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, file)
		have[filepath.ToSlash(name)] = strings.ReplaceAll(string(data), "\r\n", "\n")
		return err
	})
	if errors.Is(err, fs.ErrNotExist) {
		return have, nil
	}
	return have, err
}

// compare prints what differs between the lists in a directory and those wanted,
// and reports whether nothing does.
func compare(w io.Writer, dir string, want map[string]string) (bool, error) {
	have, err := read(dir)
	if err != nil {
		return false, err
	}
	names := maps.Clone(have)
	maps.Copy(names, want)
	same := true
	for _, name := range slices.Sorted(maps.Keys(names)) {
		gone, added := difference(have[name], want[name])
		if have[name] == want[name] {
			continue
		}
		same = false
		_, _ = fmt.Fprintln(w, name)
		for _, line := range gone {
			_, _ = fmt.Fprintln(w, "-", line)
		}
		for _, line := range added {
			_, _ = fmt.Fprintln(w, "+", line)
		}
		if len(gone)+len(added) == 0 {
			_, _ = fmt.Fprintln(w, "  in another order")
		}
	}
	return same, nil
}

// difference returns the lines that only have or only want holds. The lists are
// sorted and hold no line twice, so their order says nothing.
func difference(have, want string) (gone, added []string) {
	old, recent := lines(have), lines(want)
	return without(old, recent), without(recent, old)
}

func lines(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == '\n' })
}

func without(all, some []string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(line string) bool { return slices.Contains(some, line) })
}
