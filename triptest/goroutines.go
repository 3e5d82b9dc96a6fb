// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package triptest

import (
	"bytes"
	"context"
	"fmt"
	"path"
	"runtime"
	"runtime/pprof"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
)

// label is the profiler label by which goroutines are told apart. Labels are
// inherited: a goroutine has those of the one that started it.
const label = "triptest"

// self is the prefix of the functions of this package.
const self = "github.com/surefoot-go/surefoot/triptest."

var groups atomic.Int64 //nolint:gochecknoglobals // a source of unique labels

// Watch calls f, and enters the goroutines that f starts, and those that they
// start, into the account for as long as they run. They are told apart by a
// profiler label, so other tests may run at the same time; a goroutine that
// sets labels of its own gets out of sight. The goroutine of f itself and those
// of this package do not count.
func (l *Ledger) Watch(f func()) {
	group := strconv.FormatInt(groups.Add(1), 10)
	l.mu.Lock()
	l.groups = append(l.groups, group)
	l.mu.Unlock()
	pprof.Do(context.Background(), pprof.Labels(label, group), func(context.Context) { f() })
}

// goroutines returns the goroutines of a group.
func goroutines(group string) []Leak {
	var profile bytes.Buffer
	if err := pprof.Lookup("goroutine").WriteTo(&profile, 1); err != nil {
		return nil
	}
	want := fmt.Sprintf("%q:%q", label, group)
	var leaks []Leak
	for block := range strings.SplitSeq(profile.String(), "\n\n") {
		n, stack, labels := parseBlock(block)
		if strings.Contains(labels, want) && len(stack) > 0 && !ours(stack) {
			leaks = append(leaks, slices.Repeat([]Leak{{What: "goroutine", Stack: stack}}, n)...)
		}
	}
	return leaks
}

// ours says whether a goroutine is one of this package: it began there, or it
// is the one that asks.
func ours(stack []string) bool {
	return strings.HasPrefix(stack[len(stack)-1], self) ||
		strings.HasPrefix(stack[0], "runtime/pprof.")
}

// parseBlock takes one entry of a goroutine profile apart, which stands for n
// goroutines of the same stack.
func parseBlock(block string) (n int, stack []string, labels string) {
	for line := range strings.SplitSeq(block, "\n") {
		if count, _, ok := strings.Cut(line, " @ "); ok && n == 0 {
			n, _ = strconv.Atoi(count)
			continue
		}
		if rest, ok := strings.CutPrefix(line, "# labels: "); ok {
			labels = rest
			continue
		}
		fields := strings.Fields(line)
		if len(fields) >= 3 && fields[0] == "#" {
			name, _, _ := strings.Cut(fields[2], "+0x")
			stack = append(stack, name)
		}
	}
	return n, stack, labels
}

// passing says of a function that it has only passed something on.
func passing(function string) bool {
	return strings.HasPrefix(function, self) || strings.HasPrefix(function, "runtime.") ||
		strings.HasPrefix(function, "context.")
}

// maxStack is how many functions of a stack are worth telling.
const maxStack = 6

// callers returns the functions that led here, without those of this package.
func callers() []string {
	var pcs [32]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs[:])])
	var stack []string
	for len(stack) < maxStack {
		frame, more := frames.Next()
		if name := frame.Function; name != "" && !passing(name) {
			stack = append(stack, fmt.Sprintf("%s (%s:%d)", name, path.Base(frame.File), frame.Line))
		}
		if !more {
			break
		}
	}
	return stack
}
