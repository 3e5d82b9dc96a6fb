// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Package wish carries what a caller has said about sending a call more than
// once to all layers that might.
package wish

import "context"

// A Wish is what a caller has said. The zero value, None, is nothing.
type Wish uint8

// The wishes.
const (
	None       Wish = iota
	Idempotent      // it may be sent again
	Never           // it may not, whatever happens
)

type key struct{}

// With returns a context that has the wish. Of several the last counts.
func With(ctx context.Context, w Wish) context.Context { return context.WithValue(ctx, key{}, w) }

// Of returns the wish that a context has.
func Of(ctx context.Context) Wish {
	w, _ := ctx.Value(key{}).(Wish)
	return w
}
