// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package main

import (
	"fmt"
	"io"
	"sync"
	"time"
)

// A timeline writes what happens, and when. It is safe for concurrent use.
type timeline struct {
	mu    sync.Mutex
	out   io.Writer
	began time.Time
}

func newTimeline(out io.Writer) *timeline { return &timeline{out: out, began: time.Now()} }

// say writes a line of who, or of the play itself.
func (t *timeline) say(who, format string, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	fmt.Fprintf(t.out, "%6.2fs  %-6s %s\n", time.Since(t.began).Seconds(), who, fmt.Sprintf(format, args...))
}
