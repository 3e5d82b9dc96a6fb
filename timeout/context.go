// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package timeout

import (
	"context"
	"fmt"
	"time"
)

var _ context.Context = (*attempt)(nil)

// Deadline returns the limit's while the clock runs, which is the earlier one
// then, and the caller's afterwards.
func (a *attempt) Deadline() (time.Time, bool) {
	a.mu.Lock()
	limited := a.phase == waiting || a.fault != nil
	a.mu.Unlock()
	if limited {
		return a.deadline, true
	}
	return a.parent.Deadline()
}

// Done starts the clock's timer, if it is the first to ask.
func (a *attempt) Done() <-chan struct{} {
	if !a.started.Load() {
		a.mu.Lock()
		a.startLocked()
		a.mu.Unlock()
	}
	return a.inner.Done()
}

// Value asks inner, if there is one, because the standard library looks for
// its own contexts by a private key.
func (a *attempt) Value(key any) any {
	if a.started.Load() {
		return a.inner.Value(key)
	}
	return a.parent.Value(key)
}

// Err looks at the clock too, for those who never ask for Done.
func (a *attempt) Err() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.errLocked()
}

// String describes the context as those of the standard library do; without
// it, printing one would read its fields past the lock.
func (a *attempt) String() string {
	name := fmt.Sprintf("%T", a.parent)
	if s, ok := a.parent.(fmt.Stringer); ok {
		name = s.String()
	}
	return name + ".WithHeaderTimeout(" + a.timeout.limit.String() + ")"
}
