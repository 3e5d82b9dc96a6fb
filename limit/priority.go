// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package limit

import (
	"context"
	"strconv"
)

// A Priority says which attempts go first where not all can. The zero value
// is [Normal].
type Priority int8

const (
	// Background is for work that nobody waits for. It is the first to be
	// turned away, and fills at most four fifths of an adaptive limit.
	Background Priority = -1
	// Normal is the priority of attempts that are given none.
	Normal Priority = 0
	// Critical goes before everything else, and is the last to be turned away.
	Critical Priority = 1
)

const priorities = 3

// String returns "background", "normal" or "critical".
func (p Priority) String() string {
	switch p {
	case Background:
		return "background"
	case Normal:
		return "normal"
	case Critical:
		return "critical"
	}
	return "priority(" + strconv.Itoa(int(p)) + ")"
}

// rank is 0 for the least important. Numbers that are no priority count as
// the nearest one.
func (p Priority) rank() int { return int(max(Background, min(p, Critical))) + 1 }

type priorityKey struct{}

// WithPriority returns a context that gives all attempts of a call a priority.
// Without it they are [Normal]. A priority matters only where attempts wait or
// are turned away; it is not sent to the server.
func WithPriority(ctx context.Context, p Priority) context.Context {
	return context.WithValue(ctx, priorityKey{}, p)
}

func priorityOf(ctx context.Context) Priority {
	p, _ := ctx.Value(priorityKey{}).(Priority)
	return p
}
