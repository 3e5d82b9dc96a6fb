// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package triptest

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/surefoot-go/surefoot/trip"
)

// A probe is one check of one clause. The clause runs on a goroutine of its
// own, with nothing but the probe in hand.
type probe struct {
	clause  Clause
	cfg     *config
	build   trip.Middleware
	bubbled bool
	ledger  Ledger
	ctx     context.Context //nolint:containedctx // the life of the check
	cancel  context.CancelFunc
	given   atomic.Bool  // a verdict was given; what still runs is cut off
	runner  atomic.Int64 // the goroutine of the clause

	// ended says that the clause ran to its end. A clause that neither did nor
	// found anything has not been checked.
	ended atomic.Bool

	// elsewhere says that the wrapper calls its base on another goroutine.
	elsewhere atomic.Bool

	mu       sync.Mutex
	status   Status
	findings []string
	doing    string // for the report of a hang
	hosts    int
	bubble   any // what the bubble has panicked with
	cleanups []func()
}

func newProbe(cl Clause, wrap trip.Middleware, cfg *config) *probe {
	return &probe{clause: cl, cfg: cfg, build: wrap, status: Passed}
}

// maxFindings is how many findings of a clause are worth telling.
const maxFindings = 8

// verdict ends the check. What the clause finds from now on comes too late.
func (p *probe) verdict() (Status, string) {
	if !p.ended.Load() {
		p.notChecked()
	}
	p.given.Store(true)
	p.mu.Lock()
	defer p.mu.Unlock()
	findings := p.findings
	if more := len(findings) - maxFindings; more > 0 {
		findings = append(slices.Clone(findings[:maxFindings]), fmt.Sprintf("and %d more", more))
	}
	return p.status, strings.Join(findings, "\n")
}

// notChecked notes a clause that ended early without saying why.
func (p *probe) notChecked() {
	p.mu.Lock()
	silent := p.status == Passed
	p.mu.Unlock()
	if silent {
		p.errorf("the clause was not checked: its goroutine has ended before its time, or has not begun (%v)", p.bubble)
	}
}

// note writes down a finding.
func (p *probe) note(status Status, format string, args []any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.given.Load() {
		return
	}
	// A failure outranks everything; of two other reasons the first counts.
	if p.status == Passed || status == Failed {
		p.status = status
	}
	p.findings = append(p.findings, fmt.Sprintf(format, args...))
}

// errorf notes a failure and goes on.
func (p *probe) errorf(format string, args ...any) { p.note(Failed, format, args) }

// fatalf notes a failure and ends the calling goroutine.
func (p *probe) fatalf(format string, args ...any) {
	p.note(Failed, format, args)
	runtime.Goexit()
}

// excusef ends the clause without a judgement.
func (p *probe) excusef(format string, args ...any) {
	p.note(NotApplicable, format, args)
	runtime.Goexit()
}

// step says what the clause is about to do, for the report of a hang.
func (p *probe) step(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.doing = fmt.Sprintf(format, args...)
}

// onCleanup has f called at the end of the check, however it ends. The last
// function is called first.
func (p *probe) onCleanup(f func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cleanups = append(p.cleanups, f)
}

// cleanUp ends everything that the check has started. What does not end in
// time is left behind.
func (p *probe) cleanUp() {
	p.cancel()
	p.mu.Lock()
	cleanups := slices.Clone(p.cleanups)
	p.mu.Unlock()
	done := make(chan struct{})
	go func() {
		defer close(done)
		for _, f := range slices.Backward(cleanups) {
			func() {
				defer p.contain()
				f()
			}()
		}
	}()
	within(grace, done)
}

// within waits for a channel to be closed, for so long.
func within(d time.Duration, done <-chan struct{}) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-done:
		return true
	case <-timer.C:
		return false
	}
}

// wrapped builds the wrapper around a base.
func (p *probe) wrapped(next http.RoundTripper) http.RoundTripper {
	rt := p.build(next)
	if rt == nil {
		p.fatalf("the middleware returned a nil RoundTripper")
	}
	p.onCleanup(func() {
		trip.CloseIdle(rt)
		if c, ok := rt.(io.Closer); ok {
			_ = c.Close()
		}
	})
	return rt
}

// maxAttempts is how many attempts a wrapper may make of one base before it is
// said to spin.
const maxAttempts = 2000

// script returns a base that gives the replies in turn, and the last again and
// again.
func (p *probe) script(replies ...Reply) *Script { return p.guarded(NewScript(replies...)) }

func (p *probe) scriptFunc(f func(attempt int, req *http.Request) Reply) *Script {
	return p.guarded(ScriptFunc(f))
}

func (p *probe) guarded(s *Script) *Script {
	s.guard = func(n int) {
		if p.given.Load() {
			runtime.Goexit() // a spinning wrapper must not go on for ever
		}
		if n > maxAttempts {
			p.fatalf("the wrapper has made %d attempts and goes on", maxAttempts)
		}
	}
	return s
}

// server registers a server to be closed.
func (p *probe) server(s *Server) *Server {
	p.onCleanup(s.Close)
	return s
}

// url returns a URL on a host that nothing else in this check uses, so that
// what a wrapper remembers of a host stays with one case.
func (p *probe) url() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.hosts++
	return fmt.Sprintf("http://%s-%d.test/path?query=1", strings.ReplaceAll(p.clause.Name, "/", "-"), p.hosts)
}

// eventually waits for a condition that is a matter of moments.
func (p *probe) eventually(cond func() bool) bool {
	times, step := 200, 5*time.Millisecond
	if p.bubbled { // where everything that can happen has happened when it settles
		times, step = 20, 50*time.Millisecond
	}
	for range times {
		p.settle()
		if cond() {
			return true
		}
		pause(step)
	}
	return cond()
}

// pause waits.
func pause(d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	<-timer.C
}
