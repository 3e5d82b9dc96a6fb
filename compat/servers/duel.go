// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package servers

import (
	"context"
	"errors"
	"sync"
)

// A Duel is what the bare client and surefoot made of one case, and what is
// wrong with it.
type Duel struct {
	Case       Case
	Bare, Ours *Result
	// Broken says what is wrong; it is empty if all is well.
	Broken []string
	// Busy says that the machine was too busy, again and again, to say which
	// calls should have completed. What Broken says of the rest holds.
	Busy bool
}

// Fight lets both clients meet a case, at the same time and each with a proxy of
// its own. It starts again, up to that many tries, where the machine was too busy
// for it, and where calls did not complete that should have: one that loses them
// loses them every time, and a machine that stands still for a moment does not. A
// promise that was broken once stays broken. The error wraps [ErrNotInstalled]
// where there is no such program.
func Fight(ctx context.Context, c Case, rounds, tries int) (*Duel, error) {
	d := &Duel{Case: c, Busy: true}
	var broken []string // in the last try that the machine was not too busy for
	tried := false
	for range max(tries, 1) {
		errs := make([]error, 2)
		var both sync.WaitGroup
		both.Go(func() { d.Bare, errs[0] = c.Run(ctx, Bare(), rounds) })
		both.Go(func() { d.Ours, errs[1] = c.Run(ctx, Surefoot(), rounds) })
		both.Wait()
		if err := errors.Join(errs...); err != nil {
			return nil, err
		}
		if d.Broken = c.CheckSafety(d.Bare, d.Ours); len(d.Broken) > 0 {
			return d, nil
		}
		if d.Bare.Busy() || d.Ours.Busy() {
			continue
		}
		tried = true
		if broken = c.Check(d.Bare, d.Ours); len(broken) == 0 {
			break
		}
	}
	d.Broken, d.Busy = broken, !tried
	return d, nil
}
