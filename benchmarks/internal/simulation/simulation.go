// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Package simulation holds what the commands have in common that let storms
// loose: their flags, what they run, and where the page goes. A command says what
// there is to choose from, runs it, and has a page made of it.
package simulation

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"testing" //nolint:depguard // see storm.Main
	"time"

	"github.com/surefoot-go/surefoot/benchmarks/internal/cli"
	"github.com/surefoot-go/surefoot/benchmarks/internal/page"
	"github.com/surefoot-go/surefoot/benchmarks/storm"
)

// A Command lets storms loose on everybody of a field, and writes a page.
type Command[S Storm[S], F any] struct {
	// Name is that of its directory, and File that of its page.
	Name, File string
	// Findings are what people make of the numbers.
	Findings string
	// Storms and Field are what there is to choose from. Width is that of their
	// labels in a list.
	Storms Choice[S]
	Field  Choice[F]
	Width  int
	// Flags declares more flags, and Narrow applies them to the storms that were
	// chosen. They may be nil.
	Flags  func(*flag.FlagSet)
	Narrow func([]S) ([]S, error)
	// Run makes all runs of a series.
	Run func(*testing.T, Series[S, F]) (Page, error)
}

// A Storm is what is let loose.
type Storm[S any] interface {
	// Label tells it apart from all others.
	Label() string
	// Shorter returns one that is enough to see that everything works.
	Shorter() S
}

// A Series is what a command was asked to run.
type Series[S, F any] struct {
	Storms []S
	Field  []F
	// Seeds is how often, with another seed each time.
	Seeds int
	// Workers is how many runs there are at a time.
	Workers int
	// Log is told how it goes.
	Log io.Writer
	// Origin is for the page.
	Origin page.Origin
}

// A Page tells what was found.
type Page interface {
	// Markdown returns the page.
	Markdown() string
	// Charts returns those of the page by the names of their files.
	Charts() map[string]string
	// Print writes the tables for a terminal.
	Print(io.Writer) error
}

// Main runs the command as a program with the arguments of the process, and ends
// it. See [storm.Main] for why that takes a test.
func (c Command[S, F]) Main() {
	storm.Main(c.Name, func(t *testing.T) error {
		t.Helper()
		err := c.Do(t, os.Args[1:], os.Stdout, os.Stderr)
		if errors.Is(err, flag.ErrHelp) {
			return nil
		}
		return err
	})
}

// Do runs the command with arguments. Tables go to out, and how it goes to log.
func (c Command[S, F]) Do(t *testing.T, args []string, out, log io.Writer) error {
	t.Helper()
	s, err := c.parse(args, log)
	if err != nil {
		return err
	}
	storms, err := c.chosen(s)
	if err != nil {
		return err
	}
	field, err := c.Field.chosen(s.field)
	if err != nil {
		return err
	}
	if s.list {
		return c.list(out, storms, field)
	}
	if !s.print {
		if err := cli.Prepare(s.out); err != nil {
			return err
		}
	}
	began := time.Now()
	told, err := c.Run(t, Series[S, F]{
		Storms: storms, Field: field, Seeds: s.seeds, Workers: runtime.GOMAXPROCS(0), Log: log,
		Origin: page.Origin{Command: cli.Command(c.Name, args), Settings: s.String(), Findings: c.Findings},
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(log, "done after %s\n", time.Since(began).Round(100*time.Millisecond))
	if err := told.Print(out); err != nil || s.print {
		return err
	}
	files := told.Charts()
	files[c.File] = told.Markdown()
	return cli.Write(s.out, files)
}

// chosen are the storms to run, as they are to be run.
func (c Command[S, F]) chosen(s settings) ([]S, error) {
	list, err := c.Storms.chosen(s.storms)
	if err == nil && c.Narrow != nil {
		list, err = c.Narrow(list)
	}
	if err != nil || !s.quick {
		return list, err
	}
	short := make([]S, len(list))
	for i, one := range list {
		short[i] = one.Shorter()
	}
	return short, nil
}
