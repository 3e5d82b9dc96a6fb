// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package suite

import (
	"fmt"
	"io"
	"time"

	"github.com/surefoot-go/surefoot/benchmarks/internal/measure"
)

// A Config says how much to measure.
type Config struct {
	// Rounds and Slice are those of [measure.Plan].
	Rounds int
	Slice  time.Duration
	// Full measures all combinations of what cases consist of.
	Full bool
	// Quick makes everything small, to see that it works.
	Quick bool
	// Pass counts from 0 and varies the order.
	Pass int
	// Log is told of progress. It may be nil.
	Log io.Writer
}

func (c Config) logf(format string, args ...any) {
	if c.Log != nil {
		_, _ = fmt.Fprintf(c.Log, format+"\n", args...)
	}
}

func (c Config) plan(workers int) measure.Plan {
	return measure.Plan{Rounds: c.Rounds, Slice: c.Slice, Workers: workers, Seed: uint64(c.Pass) + 1}
}

// scale is n, or less in a quick run.
func (c Config) scale(n, quick int) int {
	if c.Quick {
		return quick
	}
	return n
}

// A Part is one part of the suite.
type Part struct {
	// Name is what selects it.
	Name string
	// Run measures it once.
	Run func(Config, *Book) error
}

// Parts returns all parts, in the order to run them: the last one leaves
// goroutines behind, of contenders that leak them.
func Parts() []Part {
	return []Part{
		{"calls", Calls},
		{"features", Features},
		{"ingredients", Ingredients},
		{"loopback", Loopback},
		{"memory", Memory},
		{"connections", Connections},
	}
}
