// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package surefootprom

import (
	"net/http"

	"github.com/surefoot-go/surefoot/classify"
	"github.com/surefoot-go/surefoot/observe"
)

// What labels can say is bounded here: an Event may come from a layer, and a
// verdict from a classifier, that is not ours.

// outcomeOf says what an attempt gave: the class of its status, or the kind of
// its error.
func outcomeOf(e *observe.Event) string {
	switch {
	case e.Status == 0 && e.Verdict.Reason > classify.ReasonNone && e.Verdict.Reason <= classify.ReasonOther:
		return e.Verdict.Reason.String()
	case e.Status >= 100 && e.Status < 600:
		return [...]string{"1xx", "2xx", "3xx", "4xx", "5xx"}[e.Status/100-1]
	}
	return otherKey
}

func classOf(e *observe.Event) string {
	if e.Verdict.Class > classify.Terminal {
		return otherKey
	}
	return e.Verdict.Class.String()
}

// attemptsOf says how many attempts a call took. More than the default limit
// are rare enough to be one.
func attemptsOf(e *observe.Event) string {
	if e.Attempt >= 1 && e.Attempt <= 4 {
		return [...]string{"1", "2", "3", "4"}[e.Attempt-1]
	}
	return "5+"
}

func reasonOf(r observe.Reason) string {
	switch r {
	case observe.ReasonMaxAttempts, observe.ReasonBudget, observe.ReasonDeadline,
		observe.ReasonNotIdempotent, observe.ReasonNever, observe.ReasonBody,
		observe.ReasonRetryAfter, observe.ReasonVeto, observe.ReasonOpen,
		observe.ReasonLimit, observe.ReasonCoolDown, observe.ReasonCanceled,
		observe.ReasonSchedule, observe.ReasonNested:
		return string(r)
	}
	return otherKey
}

// fine reports whether an attempt gave what most give, for which the counters
// are at hand.
func fine(e *observe.Event) bool {
	return e.Verdict.Class == classify.Success && e.Status >= http.StatusOK && e.Status < http.StatusMultipleChoices
}
