// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package rig

import (
	"fmt"
	"slices"
	"strings"
)

// judge says what is wrong with one call.
func (r *runner) judge(c cell, a answer) {
	what := fmt.Sprintf("surefoot: %s under %s", c.op.Name, c.fault)
	if c.at > 1 {
		what += fmt.Sprintf(" at request %d", c.at)
	}
	if c.times > 1 {
		what += fmt.Sprintf(" ×%d", c.times)
	}
	if a.err == nil && a.text != r.refs[c.op.Name].text {
		r.problem("%s: result %q, want %q", what, a.text, r.refs[c.op.Name].text)
		return
	}
	if a.held > 0 {
		r.problem("%s: %d requests go on", what, a.held)
	}
	if a.struck == 0 {
		if c.fault != CutBody || a.err != nil { // an answer may have no body to cut
			r.problem("%s: the fault did not take place (error: %v)", what, a.err)
		}
		return
	}
	failure, expected := r.c.failure(c)
	switch {
	case expected:
		r.result.Refused++
		if a.err == nil {
			r.problem("%s: it completed, and was to fail: %s", what, failure.Why)
		} else if !strings.Contains(a.err.Error(), failure.Err) {
			r.problem("%s: error %q, want one with %q", what, a.err, failure.Err)
		}
	case a.err != nil && c.fault == CutBody && !c.op.Resumes:
		r.result.Cut++
	case a.err != nil:
		r.problem("%s: %v", what, a.err)
	}
}

func (c *Case) failure(x cell) (Failure, bool) {
	for _, f := range c.Failures {
		all := f.Faults == nil && x.fault != CutBody
		if f.Op == x.op.Name && (all || slices.Contains(f.Faults, x.fault)) && (f.At == 0 || f.At == x.at) {
			return f, true
		}
	}
	return Failure{}, false
}
