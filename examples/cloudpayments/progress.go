// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"
)

// terminal reports whether w is a terminal, or another device that a line can
// be rewritten on.
func terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// progress keeps a line on w up to date until ctx is done, and wipes it then.
func progress(ctx context.Context, w io.Writer, n int, t *tally, c *counts) {
	const every, wipe = 100 * time.Millisecond, "\r\x1b[K"
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			_, _ = io.WriteString(w, wipe)
			return
		case <-ticker.C:
		}
		ended, again := c.soFar()
		circuit, retries := t.state()
		line := fmt.Sprintf("%s%d of %d calls, %d retries, circuit %s, %.1f s", wipe, ended, n, retries, circuit, time.Since(t.started).Seconds())
		if again > 0 {
			line += fmt.Sprintf(", %d asked again", again)
		}
		_, _ = io.WriteString(w, line)
	}
}
