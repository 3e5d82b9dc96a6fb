// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package status

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/surefoot-go/surefoot/classify"
	"github.com/surefoot-go/surefoot/observe"
)

// A series is what is kept of a key.
type series struct {
	ended   slots                   // succeeded, failed
	trouble atomic.Pointer[trouble] // nil while there was none
}

// A trouble is what is kept of a key on top, once something went wrong.
type trouble struct {
	refused slots // rejected, suppressed
	retried slots // retries, and nothing yet

	mu     sync.Mutex
	errors [keptErrors]failure // guarded by mu; a ring
	failed uint64              // guarded by mu; how many there were
}

// keptErrors is how many of the last errors of a key are kept.
const keptErrors = 4

// A failure is an error without its text, which could hold anything.
type failure struct {
	at      time.Time
	kind    observe.Kind
	method  string
	status  int
	verdict classify.Reason
}

// inTrouble returns what is kept on top, and makes it where there is none.
func (s *series) inTrouble() *trouble {
	if t := s.trouble.Load(); t != nil {
		return t
	}
	s.trouble.CompareAndSwap(nil, new(trouble))
	return s.trouble.Load()
}

func (t *trouble) note(f failure) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.errors[t.failed%keptErrors] = f
	t.failed++
}

// last returns the errors that are kept, newest first.
func (t *trouble) last() []failure {
	t.mu.Lock()
	defer t.mu.Unlock()
	var list []failure
	for i := range min(t.failed, keptErrors) {
		list = append(list, t.errors[(t.failed-1-i)%keptErrors])
	}
	return list
}

// counts sums up the last n steps.
func (s *series) counts(step, n uint64) Counts {
	var c Counts
	c.Succeeded, c.Failed = s.ended.sum(step, n)
	if t := s.trouble.Load(); t != nil {
		c.Rejected, c.Suppressed = t.refused.sum(step, n)
		c.Retries, _ = t.retried.sum(step, n)
	}
	return c
}

// history returns the counts of each step, the oldest first.
func (s *series) history(step uint64) *History {
	h := &History{}
	t := s.trouble.Load()
	for i := range slotCount {
		then := step - uint64(slotCount-1-i)
		h.Succeeded[i], h.Failed[i] = s.ended.at(then)
		if t != nil {
			h.Rejected[i], _ = t.refused.at(then)
			h.Retries[i], _ = t.retried.at(then)
		}
	}
	return h
}
