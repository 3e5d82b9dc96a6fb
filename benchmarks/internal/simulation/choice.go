// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package simulation

import (
	"fmt"
	"io"
	"path"
	"strings"
)

// A Choice is what there is to choose from.
type Choice[T any] struct {
	// What they are, all of them.
	What string
	// Flag is the name of the flag that chooses some of All.
	Flag string
	All  []T
	// Tell describes one.
	Tell func(T) Entry
}

// An Entry is how one of a [Choice] is listed.
type Entry struct {
	// Name is what patterns are for.
	Name string
	// Label tells those of one name apart.
	Label string
	// Text says what it is.
	Text string
}

// chosen returns those of all whose name is one of the patterns, which are
// separated by commas. Without a pattern that is all. A pattern that no name
// fits is a mistake.
func (c Choice[T]) chosen(patterns string) ([]T, error) {
	if patterns == "" {
		return c.All, nil
	}
	fits := map[string]bool{}
	var some []T
	for _, one := range c.All {
		found := false
		for pattern := range strings.SplitSeq(patterns, ",") {
			ok, err := path.Match(strings.TrimSpace(pattern), c.Tell(one).Name)
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

// list writes a line for each.
func (c Command[S, F]) list(out io.Writer, storms []S, field []F) error {
	var lines []Entry
	for _, s := range storms {
		lines = append(lines, c.Storms.Tell(s))
	}
	for _, f := range field {
		lines = append(lines, c.Field.Tell(f))
	}
	for _, e := range lines {
		if _, err := fmt.Fprintf(out, "%-*s %s\n", c.Width, e.Label, e.Text); err != nil {
			return err
		}
	}
	return nil
}
