// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package rig

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// opLimit is how long an op may take, the SDK's own retries and all.
const opLimit = time.Minute

// A reference is what an op gives without trouble.
type reference struct {
	text     string
	requests int
}

// A cell is one call and the fault that it meets.
type cell struct {
	op        Op
	fault     Fault
	at, times int
}

// runner runs one case.
type runner struct {
	c    Case
	plan Plan
	refs map[string]reference // not written after the first run

	mu     sync.Mutex
	rests  []rested // of each run, under mu
	result Result   // where several runs write the same, under mu
}

// Run runs a case. Its error is of what could not be run at all; what came out
// wrong is in Result.Problems.
func Run(ctx context.Context, c Case, plan Plan) (Result, error) {
	start := time.Now()
	r := &runner{c: c, plan: plan, refs: make(map[string]reference)}
	r.result = Result{Case: c, Version: version(c.Module)}
	if err := r.reference(ctx); err != nil {
		return r.result, fmt.Errorf("%s: %w", c.Name, err)
	}
	runs := []func(context.Context) error{r.bare, r.eager, r.surefoot, r.hang, r.deadOff, r.deadOn, r.deadBare}
	errs := make([]error, len(runs))
	var running sync.WaitGroup
	for i, run := range runs { // beside each other, as each mostly waits and has a server of its own
		running.Go(func() { errs[i] = run(ctx) })
	}
	running.Wait()
	r.result.Took = time.Since(start)
	r.judgeRests()
	if err := errors.Join(errs...); err != nil {
		return r.result, fmt.Errorf("%s: %w", c.Name, err)
	}
	return r.result, nil
}

func (r *runner) problem(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.result.Problems = append(r.result.Problems, fmt.Sprintf(format, args...))
}

// in starts a server, a proxy and a session, calls f, and looks at what is left
// then. Name is that of the run.
func (r *runner) in(ctx context.Context, name string, env Env, f func(*proxy, Session) error) error {
	server, err := r.c.Start()
	if err != nil {
		return fmt.Errorf("start: %w", err)
	}
	if server.Close != nil {
		defer server.Close()
	}
	p, err := newProxy(&r.c, server.URL)
	if err != nil {
		return fmt.Errorf("proxy: %w", err)
	}
	p.limit = r.plan.Settle
	p.silent = true // what Install itself sends is let through
	limit := settleLimitBare
	env.URL = p.url
	if env.Surefoot {
		limit = r.plan.Settle
	}
	id, err := marked(ctx, func() error {
		s, err := r.c.Install(env)
		if err != nil {
			return fmt.Errorf("install: %w", err)
		}
		err = f(p, s)
		if s.Close != nil {
			if err := s.Close(); err != nil {
				r.problem("close: %v", err)
			}
		}
		return err
	})
	rest := settle(p, id, limit)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rests = append(r.rests, rested{name, env.Surefoot, rest})
	return err
}

// An answer is what one call gave, how many requests it made and how many of
// them met the fault.
type answer struct {
	text         string
	err          error
	seen, struck int
	held         int // requests that went on without anybody who waits
}

// try makes one call of an op.
func (p *proxy) try(ctx context.Context, c cell) answer {
	// Not canceled when the op is over: that would end the request of a response
	// that somebody forgot, and hide it.
	ctx, cancel := context.WithCancelCause(ctx)
	defer time.AfterFunc(opLimit, func() { cancel(context.DeadlineExceeded) }).Stop()
	if c.op.Before != nil {
		if err := c.op.Before(ctx); err != nil {
			return answer{err: fmt.Errorf("before: %w", err)}
		}
	}
	p.begin(c.op.Name, c.fault, c.at, c.times)
	var a answer
	if c.fault == HangBody {
		var end context.CancelFunc
		ctx, end = context.WithTimeout(ctx, Patience) // the caller's, which is all that ends it
		defer end()
	}
	a.text, a.err = c.op.Do(ctx)
	a.seen, a.struck, a.held = p.end()
	return a
}

// reference runs every op twice without trouble and without surefoot.
func (r *runner) reference(ctx context.Context) error {
	return r.in(ctx, "reference", Env{OwnRetries: true}, func(p *proxy, s Session) error {
		r.result.Ops = len(s.Ops)
		for _, op := range s.Ops {
			if op.Deaf != "" {
				r.result.Deaf = append(r.result.Deaf, op)
			}
		}
		for _, op := range s.Ops {
			for range 2 {
				a := p.try(ctx, cell{op: op})
				if a.err != nil {
					return fmt.Errorf("%s without trouble: %w", op.Name, a.err)
				}
				if a.seen == 0 {
					return fmt.Errorf("%s: no request came by the proxy", op.Name)
				}
				ref, again := r.refs[op.Name]
				if again && a.text != ref.text {
					return fmt.Errorf("%s is not the same twice: %q, then %q", op.Name, ref.text, a.text)
				}
				r.refs[op.Name] = reference{a.text, a.seen}
			}
		}
		if n := doubled(p.all(), writes(s)); n > 0 {
			return fmt.Errorf("without trouble %d writes are doubled", n)
		}
		return nil
	})
}

// bare runs the ops as the SDK comes, and only counts.
func (r *runner) bare(ctx context.Context) error {
	return r.alone(ctx, "bare", Env{OwnRetries: true}, &r.result.Bare)
}

// eager does the same with retries that one has to ask for.
func (r *runner) eager(ctx context.Context) error {
	if !r.c.OptIn {
		return nil
	}
	return r.alone(ctx, "eager", Env{OwnRetries: true, Eager: true}, &r.result.Eager)
}

func (r *runner) alone(ctx context.Context, name string, env Env, o *Outcome) error {
	return r.in(ctx, name, env, func(p *proxy, s Session) error {
		for _, c := range r.cells(s) {
			_ = r.between(ctx, p, s, c) // an SDK may be out of order for a while, after a 429 say
			r.count(o, c, p.try(ctx, c))
		}
		o.Doubled = doubled(p.all(), writes(s))
		return ctx.Err()
	})
}

// between makes calls that meet no trouble, before one that does.
func (r *runner) between(ctx context.Context, p *proxy, s Session, next cell) error {
	op, n := firsts(s)[0], 1
	if next.times > 1 {
		n = r.plan.Between
	}
	for range n {
		a := p.try(ctx, cell{op: op})
		if a.err != nil {
			return fmt.Errorf("%s: %w", op.Name, a.err)
		}
		if want := r.refs[op.Name].text; a.text != want {
			return fmt.Errorf("%s: result %q, want %q", op.Name, a.text, want)
		}
		r.mu.Lock()
		r.result.Calls++
		r.mu.Unlock()
	}
	return nil
}

// count adds a call that met its fault.
func (r *runner) count(o *Outcome, c cell, a answer) {
	if a.struck == 0 {
		return
	}
	o.Calls++
	o.Faults += a.struck
	if a.err == nil && a.text == r.refs[c.op.Name].text {
		o.Completed++
	}
}

// surefoot runs the ops with surefoot, and judges them.
func (r *runner) surefoot(ctx context.Context) error {
	return r.in(ctx, "surefoot", Env{Surefoot: true}, func(p *proxy, s Session) error {
		for _, c := range r.cells(s) {
			if err := r.between(ctx, p, s, c); err != nil {
				r.problem("surefoot: without trouble: %v", err)
			}
			a := p.try(ctx, c)
			r.count(&r.result.Surefoot, c, a)
			r.judge(c, a)
		}
		r.result.Surefoot.Doubled = doubled(p.all(), writes(s))
		if n := r.result.Surefoot.Doubled; n > 0 {
			r.problem("surefoot: %d doubled writes", n)
			for _, rec := range p.all() {
				r.problem("  %s", rec)
			}
		}
		return ctx.Err()
	})
}
