// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package storm

import (
	"net/http"
	"slices"
	"time"

	"github.com/surefoot-go/surefoot/benchmarks/rivals"
	"github.com/surefoot-go/surefoot/transport"
)

// Surefoot is the name of the contender that the bars are for.
const Surefoot = "surefoot"

// Bare is the name of the base without anything around it.
const Bare = "bare"

// A Contender is a library with a set-up. To try another one, add a line to
// [Contenders].
type Contender struct {
	Name  string
	Build rivals.Build
	// Only names the scenarios that it takes part in; none means all.
	Only []string
	// Notes say what it is, where it is none of the rivals.
	Notes string
	// Variant tells that it is surefoot with options: no rival.
	Variant bool
	// Charted puts it into the charts.
	Charted bool
}

// In reports whether the contender takes part in a scenario.
func (c Contender) In(s Scenario) bool {
	return len(c.Only) == 0 || slices.Contains(c.Only, s.Name)
}

// hedgeAfter is when a hedge is sent by those that do not find out by themselves:
// at about the p97 of the tail.
const hedgeAfter = 200 * time.Millisecond

// Contenders returns everybody, in the order of the tables.
func Contenders() []Contender {
	return []Contender{
		{Name: Bare, Build: func(base http.RoundTripper) (http.RoundTripper, error) { return base, nil }, Charted: true, Notes: "Nothing around the base."},
		{Name: Surefoot, Build: surefoot(), Charted: true, Notes: "`transport.New(base)`: the defaults."},
		// Variants of surefoot, a line each.
		{Name: "surefoot+limit", Variant: true, Charted: true, Build: surefoot(transport.WithLimit()), Notes: "`transport.New(base, transport.WithLimit())`."},
		{Name: "surefoot+hedging", Variant: true, Build: surefoot(transport.WithHedging()), Notes: "`transport.New(base, transport.WithHedging())`."},
		tuned("hand-written", false),
		tuned("backoff.Retry + Execute", false),
		tuned("naive loop", false),
		tuned("go-retryablehttp", true),
		tuned("rehttp", false),
		tuned("failsafe: retry", false),
		tuned("failsafe: retry + breaker", true),
		of(rivals.FailsafeLimited(), false),
		of(rivals.FailsafeLimiter(), true),
		// hedgedhttp cannot be here: it keeps goroutines and timers in pools of
		// the whole program, and a bubble in which a goroutine waits for a channel
		// from outside never gets idle, so its time stands still. One hedge after
		// a fixed delay is what it would do, too.
		{
			Name: "failsafe: hedge", Only: []string{"tail"}, Notes: "`hedgepolicy.NewWithDelay`: one hedge after 200 ms.",
			Build: func(base http.RoundTripper) (http.RoundTripper, error) {
				return rivals.FailsafeHedged(base, hedgeAfter), nil
			},
		},
	}
}

// surefoot builds the stack with options.
func surefoot(opts ...transport.Option) rivals.Build {
	return func(base http.RoundTripper) (http.RoundTripper, error) { return transport.New(base, opts...) }
}

// tuned is a rival with the numbers of [rivals.Defaults].
func tuned(name string, charted bool) Contender {
	r, err := rivals.Find(name)
	if err != nil {
		return Contender{Name: name, Build: func(http.RoundTripper) (http.RoundTripper, error) { return nil, err }}
	}
	return of(r, charted)
}

func of(r rivals.Rival, charted bool) Contender {
	return Contender{
		Name: r.Name, Notes: r.Notes, Charted: charted,
		Build: func(base http.RoundTripper) (http.RoundTripper, error) { return r.Tuned(base, rivals.Defaults()) },
	}
}
