// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package hedge

import "context"

// marks are what a context says about hedging.
type marks uint8

const (
	markNever marks = 1 << iota // by the caller
	markHedge                   // by this package
)

type markKey struct{}

func marksOf(ctx context.Context) marks {
	m, _ := ctx.Value(markKey{}).(marks)
	return m
}

func mark(ctx context.Context, m marks) context.Context {
	return context.WithValue(ctx, markKey{}, marksOf(ctx)|m)
}

// Never returns a context for a call that must not be hedged. It is meant for
// requests that are answered late by design, such as a long poll: a second one
// would only wait as well.
func Never(ctx context.Context) context.Context { return mark(ctx, markNever) }

// Is reports whether a request is a hedge, the second attempt of two, for
// middleware beneath this layer. The first attempt, and a context that has
// passed no such layer, are none.
func Is(ctx context.Context) bool { return marksOf(ctx)&markHedge != 0 }
