// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package breaker

import "github.com/surefoot-go/surefoot/internal/keyed"

// RecentSuccesses returns how many successes of a key the window holds, for the
// size of its budget; see retry.WithRecentSuccesses. Only packages of this
// module can make the argument.
func (b *Breaker) RecentSuccesses(k keyed.Key) uint64 {
	e := b.circuits.Peek(k)
	if e == nil {
		return 0
	}
	successes, _ := e.Value.window.sum(b.span, b.span.tick(b.now()))
	return successes
}
