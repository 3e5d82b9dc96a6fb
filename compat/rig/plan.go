// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package rig

import (
	"slices"
	"time"
)

// A Plan says how much is done.
type Plan struct {
	// Rounds is how often each op meets each fault.
	Rounds int
	// Everywhere strikes each request of an op instead of the first, and the
	// first one twice in a row; and it waits for every Retry-After, not only
	// those of the first read and the first write.
	Everywhere bool
	// Between is how many calls without trouble there are before one that is struck
	// twice; before the others there is one. A client whose calls all meet faults
	// is in an outage, and surefoot ends retries then: failed ones may be a tenth of
	// the successes.
	Between int
	// Tries is how often a call that hangs is made anew where the machine was too
	// busy to say what should have become of it.
	Tries int
	// Settle is how long a request may go on whose call has ended, and how long a run
	// with surefoot may take at its end to let go of what it has. What lets go of it
	// takes a hundredth of that.
	Settle time.Duration
}

// settleLimit is the Settle of both plans.
const settleLimit = 10 * time.Second

// Short returns the plan of the tests.
func Short() Plan { return Plan{Rounds: 1, Tries: 3, Settle: settleLimit} }

// Long returns the plan of the table.
func Long() Plan {
	return Plan{Rounds: 1, Everywhere: true, Between: 12, Tries: 30, Settle: settleLimit}
}

// cells lists the calls of a run.
func (r *runner) cells(s Session) []cell {
	var all []cell
	patient := firsts(s)
	for range r.plan.Rounds {
		for _, op := range s.Ops {
			for _, fault := range r.c.faults() {
				slow := fault.waits() && !slices.ContainsFunc(patient, op.is)
				switch {
				case r.plan.Everywhere:
					all = append(all, r.everywhere(op, fault)...)
				case !slow:
					all = append(all, cell{op, fault, 1, 1})
				}
			}
		}
	}
	return all
}

// everywhere strikes each request that the op makes, and the first one twice.
func (r *runner) everywhere(op Op, fault Fault) []cell {
	var all []cell
	for at := range r.refs[op.Name].requests {
		all = append(all, cell{op, fault, at + 1, 1})
	}
	return append(all, cell{op, fault, 1, 2})
}

func (c *Case) faults() []Fault {
	if c.Faults != nil {
		return c.Faults
	}
	return Faults()
}

// firsts are the first read and the first write.
func firsts(s Session) []Op {
	var some []Op
	for _, write := range []bool{false, true} {
		for _, op := range s.Ops {
			if op.Write == write {
				some = append(some, op)
				break
			}
		}
	}
	return some
}

func (o Op) is(other Op) bool { return o.Name == other.Name }

func writes(s Session) map[string]bool {
	names := make(map[string]bool)
	for _, op := range s.Ops {
		names[op.Name] = op.Write
	}
	return names
}
