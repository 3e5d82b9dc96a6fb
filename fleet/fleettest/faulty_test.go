// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package fleettest_test

import (
	"context"
	"slices"

	"github.com/surefoot-go/surefoot/fleet"
)

// A faulty engine does something else in place of one of the methods. A method that
// is nil does what it should.
type faulty struct {
	fleet.Engine
	apply  func(ctx context.Context, next fleet.Engine, b fleet.Batch) ([]fleet.Lease, error)
	list   func(ctx context.Context, next fleet.Engine, namespace, instance string, known fleet.Mark) (fleet.List, error)
	listen func(ctx context.Context, next fleet.Engine, namespace string, ready func(), hear func([]byte)) error
}

func (f *faulty) Apply(ctx context.Context, b fleet.Batch) ([]fleet.Lease, error) {
	if f.apply == nil {
		return f.Engine.Apply(ctx, b)
	}
	return f.apply(ctx, f.Engine, b)
}

func (f *faulty) List(ctx context.Context, namespace, instance string, known fleet.Mark) (fleet.List, error) {
	if f.list == nil {
		return f.Engine.List(ctx, namespace, instance, known)
	}
	return f.list(ctx, f.Engine, namespace, instance, known)
}

func (f *faulty) Listen(ctx context.Context, namespace string, ready func(), hear func([]byte)) error {
	if f.listen == nil {
		return f.Engine.Listen(ctx, namespace, ready, hear)
	}
	return f.listen(ctx, f.Engine, namespace, ready, hear)
}

// batching changes a copy of each batch.
func batching(change func(*fleet.Batch)) faulty {
	return faulty{apply: func(ctx context.Context, next fleet.Engine, b fleet.Batch) ([]fleet.Lease, error) {
		b.Ops = slices.Clone(b.Ops)
		change(&b)
		return next.Apply(ctx, b)
	}}
}

// changing changes each op of a kind.
func changing(kind fleet.OpKind, change func(*fleet.Op)) faulty {
	return batching(func(b *fleet.Batch) {
		for i := range b.Ops {
			if b.Ops[i].Kind == kind {
				change(&b.Ops[i])
			}
		}
	})
}

// dropping drops the ops of which something is so.
func dropping(what func(fleet.Op) bool) faulty {
	return batching(func(b *fleet.Batch) { b.Ops = slices.DeleteFunc(b.Ops, what) })
}

func droppingAll(kind fleet.OpKind) faulty {
	return dropping(func(op fleet.Op) bool { return op.Kind == kind })
}

// replacing puts other ops in the place of each of a kind.
func replacing(kind fleet.OpKind, by func(b *fleet.Batch, op fleet.Op) []fleet.Op) faulty {
	return batching(func(b *fleet.Batch) {
		var ops []fleet.Op
		for _, op := range b.Ops {
			if op.Kind == kind {
				ops = append(ops, by(b, op)...)
			} else {
				ops = append(ops, op)
			}
		}
		b.Ops = ops
	})
}

// answering changes the answers to leases.
func answering(change func([]fleet.Lease)) faulty {
	return faulty{apply: func(ctx context.Context, next fleet.Engine, b fleet.Batch) ([]fleet.Lease, error) {
		leases, err := next.Apply(ctx, b)
		change(leases)
		return leases, err
	}}
}

// telling changes each message, or loses it.
func telling(change func(*fleet.Message) (keep bool)) faulty {
	return faulty{listen: func(ctx context.Context, next fleet.Engine, namespace string, ready func(), hear func([]byte)) error {
		return next.Listen(ctx, namespace, ready, func(payload []byte) {
			m, err := fleet.ParseMessage(payload)
			if err != nil || change(&m) {
				hear(m.Append(nil))
			}
		})
	}}
}

// losing loses the messages of a kind.
func losing(what fleet.What) faulty {
	return telling(func(m *fleet.Message) bool { return m.What != what })
}

// full is an engine that lets no more different keys become open, or cool down, than
// may at once, in all its life.
func full(same func(a, b fleet.Op) bool) faulty {
	var had []fleet.Op
	return batching(func(b *fleet.Batch) {
		b.Ops = slices.DeleteFunc(b.Ops, func(op fleet.Op) bool {
			if slices.ContainsFunc(had, func(other fleet.Op) bool { return same(op, other) && op.Key == other.Key }) {
				return false
			}
			n := 0
			for _, other := range had {
				if same(op, other) {
					n++
				}
			}
			if n >= b.MaxKeys {
				return true
			}
			had = append(had, op)
			return false
		})
	})
}
