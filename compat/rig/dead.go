// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package rig

import (
	"context"

	"github.com/surefoot-go/surefoot/retry"
)

// deadOff runs the ops against a server that always says 503.
func (r *runner) deadOff(ctx context.Context) (err error) {
	r.result.DeadOff, err = r.requests(ctx, "dead, own retries off", Env{Surefoot: true}, false)
	if n := r.result.DeadOff; n > retry.DefaultMaxAttempts {
		r.problem("dead server: %d requests for one with the SDK's own retries off, want at most %d", n, retry.DefaultMaxAttempts)
	}
	return err
}

// deadOn does so with the SDK's own retries on.
func (r *runner) deadOn(ctx context.Context) (err error) {
	r.result.DeadOn, err = r.requests(ctx, "dead, both on", Env{Surefoot: true, OwnRetries: true, Eager: true}, true)
	return err
}

// deadBare does so without surefoot.
func (r *runner) deadBare(ctx context.Context) (err error) {
	if r.plan.Everywhere {
		r.result.DeadBare, err = r.requests(ctx, "dead, bare", Env{OwnRetries: true}, true)
	}
	return err
}

// requests returns the most requests for one. A few ops are enough to see it,
// and what an SDK waits by itself is long.
func (r *runner) requests(ctx context.Context, name string, env Env, few bool) (int, error) {
	n := 0
	err := r.in(ctx, name, env, func(p *proxy, s Session) error {
		p.dead = true
		ops := s.Ops
		if few {
			ops = firsts(s)
		}
		for _, op := range ops {
			a := p.try(ctx, cell{op: op})
			if a.err == nil {
				r.problem("dead server: %s: result %q without an error, %d requests", op.Name, a.text, a.seen)
			}
		}
		n = most(p.all())
		return ctx.Err()
	})
	return n, err
}
