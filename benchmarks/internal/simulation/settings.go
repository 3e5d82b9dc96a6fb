// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package simulation

import (
	"flag"
	"fmt"
	"io"
)

// settings are what the flags say that all of these commands have.
type settings struct {
	storms, field, out string
	seeds              int
	quick, print, list bool
}

const (
	usualSeeds = 5
	quickSeeds = 1
)

func (c Command[S, F]) parse(args []string, log io.Writer) (settings, error) {
	var s settings
	flags := flag.NewFlagSet(c.Name, flag.ContinueOnError)
	flags.SetOutput(log)
	const patterns = ", with commas between; * stands for anything"
	flags.StringVar(&s.storms, c.Storms.Flag, "", c.Storms.What+patterns)
	flags.StringVar(&s.field, c.Field.Flag, "", c.Field.What+patterns)
	flags.IntVar(&s.seeds, "seeds", 0, fmt.Sprintf("how many seeds (default %d, quick %d)", usualSeeds, quickSeeds))
	flags.BoolVar(&s.quick, "quick", false, "shorter storms, to see that it works: nothing to quote")
	flags.BoolVar(&s.print, "print", false, "print the tables and write no files")
	flags.BoolVar(&s.list, "list", false, fmt.Sprintf("list %s and %s, and run nothing", c.Storms.What, c.Field.What))
	flags.StringVar(&s.out, "out", ".", "directory to write to")
	if c.Flags != nil {
		c.Flags(flags)
	}
	if err := flags.Parse(args); err != nil {
		return s, err
	}
	switch {
	case s.seeds > 0:
	case s.quick:
		s.seeds = quickSeeds
	default:
		s.seeds = usualSeeds
	}
	return s, nil
}

// String is what a page says of them.
func (s settings) String() string {
	text := fmt.Sprintf("%d seeds", s.seeds)
	if s.quick {
		text += "; quick: **too short to quote**"
	}
	return text
}
