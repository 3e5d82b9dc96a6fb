// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package rig

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/surefoot-go/surefoot/observe"
	"github.com/surefoot-go/surefoot/timeout"
	"github.com/surefoot-go/surefoot/transport"
)

// Patience is the attempt timeout of the run with [Hangs], and what a caller waits
// for a body there. An attempt that does not hang takes a hundredth of it.
const Patience = 1500 * time.Millisecond

// timedOut is what the error of an attempt timeout says.
const timedOut = "timeout: no response headers within"

// hang runs the ops with surefoot and an attempt timeout while the server hangs.
// What completes is judged only where the machine was not so busy that attempts
// timed out which did not hang; what is applied twice, always.
func (r *runner) hang(ctx context.Context) error {
	var timeouts atomic.Int64
	count := observe.Func(func(e observe.Event) {
		if late := (*timeout.Error)(nil); e.Kind == observe.AttemptFinished && errors.As(e.Err, &late) {
			timeouts.Add(1)
		}
	})
	env := Env{Surefoot: true, AttemptTimeout: Patience, Options: []transport.Option{
		transport.WithAttemptTimeout(Patience), transport.WithObserver(count),
	}}
	return r.in(ctx, "hang", env, func(p *proxy, s Session) error {
		for _, c := range r.hangs(s) {
			sure := false
			for range r.plan.Tries {
				if sure = r.tryHang(ctx, p, s, c, &timeouts); sure {
					break
				}
			}
			if !sure {
				r.result.Hang.Unsure = append(r.result.Hang.Unsure, c.String())
			}
		}
		r.result.Hang.Doubled = doubled(p.all(), writes(s))
		if n := r.result.Hang.Doubled; n > 0 {
			r.problem("hang: %d doubled writes", n)
		}
		return ctx.Err()
	})
}

// hangs lists the calls of the run.
func (r *runner) hangs(s Session) []cell {
	var all []cell
	for _, op := range s.Ops {
		for _, fault := range Hangs() {
			if fault == HangBody && op.Deaf != "" {
				continue
			}
			ats := 1
			if r.plan.Everywhere {
				ats = r.refs[op.Name].requests
			}
			for at := range ats {
				all = append(all, cell{op, fault, at + 1, 1})
			}
		}
	}
	return all
}

// String is for messages.
func (c cell) String() string {
	return fmt.Sprintf("%s under %s at request %d", c.op.Name, c.fault, c.at)
}

// tryHang makes one call. It reports whether there is nothing more to find out.
func (r *runner) tryHang(ctx context.Context, p *proxy, s Session, c cell, timeouts *atomic.Int64) bool {
	what := "hang: " + c.String()
	before := timeouts.Load()
	if err := r.between(ctx, p, s, c); err != nil {
		if timeouts.Load() == before {
			r.problem("%s: without trouble: %v", what, err)
		}
		return false
	}
	before = timeouts.Load()
	a := p.try(ctx, c)
	tripped := int(timeouts.Load() - before)
	if c.fault == Hang {
		tripped -= a.struck
	}
	if c.op.Nested && c.at == 1 {
		tripped-- // that of the attempt around it, at most
	}
	if a.err == nil && a.text != r.refs[c.op.Name].text {
		r.problem("%s: result %q, want %q", what, a.text, r.refs[c.op.Name].text)
	}
	if a.held > 0 {
		r.problem("%s: %d requests were not given up", what, a.held)
	}
	switch {
	case tripped > 0, a.struck == 0 && c.fault == HangBody && late(a.err):
		return false // the machine was too busy
	case a.struck == 0:
		if c.fault != HangBody || a.err != nil { // an answer may have no body to stop in
			r.problem("%s: the fault did not take place (error: %v)", what, a.err)
		}
		return true
	}
	r.result.Hang.Calls++
	if c.fault == Hang {
		r.judgeHang(p, c, a, what)
	} else {
		r.judgeHangBody(a, what)
	}
	return true
}

// judgeHang says what is wrong with a call whose answer did not come.
func (r *runner) judgeHang(p *proxy, c cell, a answer, what string) {
	failure, expected := r.c.hangs(c)
	switch {
	case !expected && a.err != nil:
		r.problem("%s: %v", what, a.err)
	case !expected:
		r.result.Hang.Completed++
	case a.err == nil:
		r.problem("%s: it completed, and was to fail: %s", what, failure.Why)
	case !strings.Contains(a.err.Error(), failure.Err):
		r.problem("%s: error %q, want one with %q", what, a.err, failure.Err)
	default:
		r.result.Hang.Refused++
	}
	if expected && failure.once() {
		if n := p.sends(); n != 1 {
			r.problem("%s: it was sent %d times, want once", what, n)
		}
	}
}

// judgeHangBody says what is wrong with a call whose answer's body stopped. It may
// do without the rest.
func (r *runner) judgeHangBody(a answer, what string) {
	switch {
	case a.err == nil:
		r.result.Hang.Completed++
	case !late(a.err):
		r.problem("%s: error %q, want that of the caller's deadline", what, a.err)
	default:
		r.result.Hang.Cut++
	}
}

// late reports whether err is that of a caller's deadline, in whatever words.
func late(err error) bool {
	if err == nil {
		return false
	}
	return errors.Is(err, context.DeadlineExceeded) || strings.Contains(err.Error(), "deadline exceeded") ||
		strings.Contains(err.Error(), timedOut)
}

// hangs returns how a call fails that hangs, if it is to: as one whose connection is
// cut at the same time.
func (c *Case) hangs(x cell) (Failure, bool) {
	x.fault = CutAfter
	f, ok := c.failure(x)
	if ok && f.once() {
		f.Err = cmp.Or(f.Hang, timedOut)
	}
	return f, ok
}

// once reports whether the call fails because it is sent once, and not because a
// second attempt finds what the first has done.
func (f Failure) once() bool { return f.Faults == nil || slices.Contains(f.Faults, CutBefore) }

// sends is how often the request of the last call that was struck first arrived.
func (p *proxy) sends() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n, struck := 0, (*Record)(nil)
	for _, r := range p.records {
		if r.Call != p.call {
			continue
		}
		if struck == nil && r.Fault != Pass {
			struck = r
		}
		if struck != nil && r.Method == struck.Method && r.Target == struck.Target && r.Body == struck.Body {
			n++
		}
	}
	return n
}
