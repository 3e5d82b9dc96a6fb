// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package suite

import (
	"net/http"
	"slices"
	"time"

	"github.com/surefoot-go/surefoot/benchmarks/internal/workload"
	"github.com/surefoot-go/surefoot/benchmarks/rivals"
)

// Names of the contenders that others are compared with.
const (
	Bare        = "bare base"
	Control     = "bare base, again"
	HandWritten = "hand-written"
	Surefoot    = "surefoot"
	OneExecute  = "one gobreaker Execute"
)

// caseTuning is what a case asks for that needs more than the documented
// set-up: waits too short to matter, and circuits that open and stay open when
// the case says so and not before.
func caseTuning() rivals.Tuning {
	return rivals.Tuning{
		Attempts: 4, Wait: time.Nanosecond, MaxWait: time.Nanosecond,
		FailureRatio: 0.8, MinRequests: 20, Window: 10 * time.Second, OpenFor: time.Hour,
	}
}

// contender is a rival as a case needs it.
type contender struct {
	name  string
	build rivals.Build // nil for the floor of the case
}

// field is who takes part in a case: the floor twice, which shows what the
// measurement itself is worth, and all rivals that can do what the case asks
// for.
func field(c workload.Case, list []rivals.Rival) []contender {
	all := []contender{{name: Bare}, {name: Control}}
	for _, r := range list {
		if able(r, c) {
			all = append(all, contender{name: r.Name, build: variant(r, c)})
		}
	}
	return all
}

func able(r rivals.Rival, c workload.Case) bool {
	switch {
	case c.Outcome == workload.Rejected:
		return r.Breaks
	case c.Outcome.Retries(), c.Troubled:
		return r.Retries
	}
	return true
}

// variant is the documented set-up wherever that does the job.
func variant(r rivals.Rival, c workload.Case) rivals.Build {
	plain := c.Outcome == workload.Success || c.Outcome == workload.BodyRead
	if plain && !c.Troubled && !r.Hedges {
		return r.Documented
	}
	return func(base http.RoundTripper) (http.RoundTripper, error) { return r.Tuned(base, caseTuning()) }
}

// Everybody returns all rivals and surefoot.
func Everybody() []rivals.Rival {
	return slices.Concat(rivals.All(), []rivals.Rival{rivals.Surefoot()})
}
