// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package triptest

import (
	"fmt"
	"path"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// fakeLimit is how long a clause may take on the fake clock. It is far beyond
// any wait that a client could be excused for.
const fakeLimit = 1000 * time.Hour

// grace is how long a clause that hung has to end once everything that it may
// be waiting for was ended.
const grace = time.Second

// runBubbled runs the clause in a bubble, where waits take no time.
//
// Two things must not take the test down with them. A bubble whose goroutines
// are all blocked panics, on the goroutine that has called synctest.Test: that
// goroutine is ours, and recovers. And a bubble in which something spins never
// ends: it is watched from outside on the real clock, and abandoned.
func (p *probe) runBubbled(t *testing.T) {
	t.Helper()
	p.bubbled = true
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		defer func() {
			// What is left behind is judged by the clause that is about it.
			p.bubble = recover()
		}()
		synctest.Test(t, func(*testing.T) { p.supervise(fakeLimit) })
	}()
	if !within(p.cfg.limit, ended) {
		// Nothing inside may be touched from here, on pain of a fatal error.
		p.errorf("%s, after %v on the real clock: it spins, or waits for a lock or for something outside of the bubble",
			p.hang(), p.cfg.limit)
	}
}

// runPlain runs the clause on the real clock.
func (p *probe) runPlain() { p.supervise(p.cfg.limit) }

// supervise runs the clause and cleans up behind it.
func (p *probe) supervise(limit time.Duration) {
	p.open()
	ended := make(chan struct{})
	go p.ledger.Watch(func() {
		defer close(ended)
		defer p.contain()
		p.runner.Store(goroutineID())
		p.clause.run(p)
		p.ended.Store(true)
	})
	if within(limit, ended) {
		p.cleanUp()
		return
	}
	p.errorf("%s", p.hang())
	p.given.Store(true)
	p.cleanUp()
	within(grace, ended)
}

// contain turns a panic of the clause's goroutine into a failure.
func (p *probe) contain() {
	if v := recover(); v != nil {
		p.errorf("panic: %v, in %s", v, strings.Join(panicStack(), " < "))
	}
}

// settle waits until everything that can go on without the passing of time has
// gone on.
func (p *probe) settle() {
	if p.bubbled {
		synctest.Wait()
		return
	}
	runtime.Gosched()
}

// hang describes where a clause is stuck.
func (p *probe) hang() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	what := "the wrapper hangs"
	if p.doing != "" {
		what += ": " + p.doing
	}
	return what + stackOf(p.runner.Load())
}

// goroutineID returns the number by which tracebacks call this goroutine. It
// is for reports only.
func goroutineID() int64 {
	var buf [64]byte
	fields := strings.Fields(string(buf[:runtime.Stack(buf[:], false)]))
	if len(fields) < 2 {
		return 0
	}
	id, _ := strconv.ParseInt(fields[1], 10, 64)
	return id
}

// maxTraceback bounds the traceback of all goroutines.
const maxTraceback = 4 << 20

// stackOf says where a goroutine is, as far as that is not in this package.
func stackOf(id int64) string {
	buf := make([]byte, maxTraceback)
	prefix := fmt.Sprintf("goroutine %d [", id)
	for block := range strings.SplitSeq(string(buf[:runtime.Stack(buf, true)]), "\n\n") {
		if stack := frames(block); strings.HasPrefix(block, prefix) && len(stack) > 0 {
			return ", in " + strings.Join(stack, " < ")
		}
	}
	return ""
}

// panicStack returns the functions that led to the panic being recovered.
func panicStack() []string {
	buf := make([]byte, maxTraceback>>6)
	trace := string(buf[:runtime.Stack(buf, false)])
	if _, rest, ok := strings.Cut(trace, "\npanic("); ok {
		_, trace, _ = strings.Cut(rest, "\n")
	}
	return frames(trace)
}

// frames returns the functions of a traceback that belong to the wrapper, each
// with its place, the innermost first: those that were called by a probe,
// without those that it was called back by.
func frames(trace string) []string {
	lines := strings.Split(trace, "\n")
	var stack []string
	for i := 0; i+1 < len(lines); i++ {
		place, ok := strings.CutPrefix(lines[i+1], "\t")
		name, _, isCall := strings.Cut(lines[i], "(0x")
		if !isCall {
			name = lines[i][:max(strings.LastIndex(lines[i], "("), 0)]
		}
		switch {
		case !ok || name == "" || strings.HasPrefix(name, "runtime.") || strings.HasPrefix(name, "created by "):
		case strings.HasSuffix(name, ".(*probe).try"), strings.HasSuffix(name, ".(*probe).do"):
			return stack[:min(len(stack), maxStack)]
		case strings.HasPrefix(name, self):
			stack = nil // what is further in belongs to our base
		default:
			place, _, _ = strings.Cut(path.Base(place), " ")
			stack = append(stack, name+" ("+place+")")
		}
	}
	return stack[:min(len(stack), maxStack)]
}
