// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package observe

// Join returns an Observer that tells each of the given ones of every event,
// in their order. One that panics does not keep the event from the others. Nil
// ones, a nil [Func] and those that [NewZap] and [NewSlog] make of a logger that
// logs nothing are left out; Join returns nil when none is left, and the Observer
// itself when it is the only one. The slice is not kept.
func Join(observers ...Observer) Observer { //nolint:ireturn // nil, one of those given, or a joint one
	var all joint
	for _, o := range observers {
		switch o := o.(type) {
		case nil, nop:
		case Func:
			if o != nil {
				all = append(all, o)
			}
		case joint:
			all = append(all, o...)
		default:
			all = append(all, o)
		}
	}
	switch len(all) {
	case 0:
		return nil
	case 1:
		return all[0]
	}
	return all
}

// joint is read-only once it is made.
type joint []Observer

// Observe passes e on to each, behind a recover of its own.
func (j joint) Observe(e Event) {
	for _, o := range j {
		Emit(o, e)
	}
}

// nop is the Observer of nobody.
type nop struct{}

// Observe does nothing.
func (nop) Observe(Event) {}
