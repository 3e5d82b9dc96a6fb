// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Package page holds what the pages of this module have in common, whatever they
// tell of: how they begin and end, tables, numbers, and charts over time.
package page

import (
	"fmt"
	"strings"
)

// An Origin is where the numbers of a page come from.
type Origin struct {
	// Command is what was run, and Settings how much of it.
	Command, Settings string
	// Findings is Markdown that people have written about the numbers. It may
	// be empty.
	Findings string
}

// Simulated is the remark on the machine where time is.
const Simulated = "It does not matter: time is simulated."

// Head begins a page: what it is about, and how it was made. The remark follows
// the description of the machine; it may be empty.
func (o Origin) Head(b *strings.Builder, title, intro, remark string) {
	fmt.Fprintf(b, "# %s\n\n%s\n\n    %s\n\n", title, intro, o.Command)
	if remark != "" {
		remark = " " + remark
	}
	fmt.Fprintf(b, "- The machine: %s.%s\n- The settings: %s.\n\n", machine(), remark, o.Settings)
}

// Tail ends a page: what to mind, and what people have found.
func (o Origin) Tail(b *strings.Builder, caveats string) {
	fmt.Fprintf(b, "## How to read this\n\n%s\n", caveats)
	if o.Findings != "" {
		fmt.Fprintf(b, "\n%s\n", strings.TrimSpace(o.Findings))
	}
}
