// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package main

import (
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/surefoot-go/surefoot/compat/rig"
)

const head = `# Works with your SDK

Each row is a test: the SDK does real operations against a real server, or a
faithful copy of one, through a proxy that makes trouble. First as it comes out of
the box ("bare"), with the retries that it brings; then with surefoot beneath it
and its own retries off; each operation under each fault.

The faults: a 503; a 503 and a 429 with ` + "`Retry-After: 1`" + `; a 500; the connection
cut before the server saw the request; cut after it did its work and before it
answered; cut in the middle of the answer's body. %s
Before each call that meets a fault there is one that does not, and %d before one that
is struck twice: a client that has nothing but trouble is in an outage, and surefoot
ends retries in those.

Made by ` + "`go run ./cmd/table`" + `, %s %s/%s, %d calls in all, with surefoot's defaults.

`

// render writes the page.
func render(results []rig.Result, plan rig.Plan) string {
	calls := 0
	for _, r := range results {
		calls += r.Calls + r.Bare.Calls + r.Surefoot.Calls + r.Hang.Calls
	}
	what := "Each strikes the first request of an operation."
	if plan.Everywhere {
		what = "Each strikes every request of an\noperation in turn, and the first one twice in a row."
	}
	var b strings.Builder
	fmt.Fprintf(&b, head, what, plan.Between, runtime.Version(), runtime.GOOS, runtime.GOARCH, calls)
	outcomes(&b, results)
	eager(&b, results)
	hang(&b, results)
	dead(&b, results)
	left(&b, results)
	rest(&b, results)
	broken(&b, results)
	return strings.TrimRight(b.String(), "\n") + "\n"
}

func outcomes(b *strings.Builder, results []rig.Result) {
	b.WriteString("## Calls that met a fault\n\n")
	table(b, []string{
		"SDK", "version", "server", "operations", ">calls", ">completed bare", ">completed with surefoot", ">**of the completable**",
		">not sent again", ">body cut", ">doubled writes bare", ">**doubled writes with surefoot**",
	}, rows(results, func(r rig.Result) []string {
		return []string{
			r.Case.Name, orDash(r.Version), r.Case.Server, strconv.Itoa(r.Ops),
			strconv.Itoa(r.Surefoot.Calls), strconv.Itoa(r.Bare.Completed), strconv.Itoa(r.Surefoot.Completed), "**" + share(r) + "**",
			strconv.Itoa(r.Refused), strconv.Itoa(r.Cut), strconv.Itoa(r.Bare.Doubled), fmt.Sprintf("**%d**", r.Surefoot.Doubled),
		}
	}))
	b.WriteString(`"Completed" means: the SDK returned what it returns without trouble. "Not sent
again" are the calls that may not be, or that a second attempt cannot save; they are
listed below, and the test expects each of them to fail with the SDK's error. A body
that is cut comes after the answer was handed over, which no RoundTripper can take
back: the SDK reports it, unless it takes a download up again by itself. None
returned half an answer as a whole one. All other calls are completable.

A doubled write is a POST or PATCH that the server applied twice in one call, without
one idempotency key for both.

Where more is completed bare, the SDK's own retries send writes again that have no
key, which may double them, or calls whose answer's body broke.

`)
}

// eager shows what retries do that are off unless asked for.
func eager(b *strings.Builder, results []rig.Result) {
	var some []rig.Result
	for _, r := range results {
		if r.Case.OptIn {
			some = append(some, r)
		}
	}
	if len(some) == 0 {
		return
	}
	b.WriteString("## Retries of their own, asked for\n\n")
	table(b, []string{"SDK", ">calls", ">completed", ">doubled writes"}, rows(some, func(r rig.Result) []string {
		return []string{r.Case.Name, strconv.Itoa(r.Eager.Calls), strconv.Itoa(r.Eager.Completed), fmt.Sprintf("**%d**", r.Eager.Doubled)}
	}))
	b.WriteString(`Some SDKs have retries that are off unless asked for. This is the same trouble with
them on, as their documents show it, and without surefoot.

`)
}

// share is what part of the calls that can be completed were.
func share(r rig.Result) string {
	completable := r.Surefoot.Calls - r.Refused - r.Cut
	if completable <= 0 {
		return "–"
	}
	return fmt.Sprintf("%d %%", 100*r.Surefoot.Completed/completable)
}

func dead(b *strings.Builder, results []rig.Result) {
	b.WriteString("## Requests for one call to a server that is dead\n\n")
	table(b, []string{
		"SDK", "surefoot goes in at", "own retries; how they are switched off", ">bare", ">**surefoot, own retries off**", ">both on",
	}, rows(results, func(r rig.Result) []string {
		both := number(r.DeadOn)
		if strings.HasPrefix(r.Case.OwnRetries, "none") {
			both = "–"
		}
		return []string{
			r.Case.Name, r.Case.Installed, r.Case.OwnRetries,
			number(r.DeadBare), fmt.Sprintf("**%d**", r.DeadOff), both,
		}
	}))
	b.WriteString(`The server answers every request with a 503. "Both on" is what comes of it if
one forgets to switch the SDK's own retries off (or, where they are off unless
asked for, asks for them). It would be the product of both, were it not for
surefoot's budget, which ends retries where nothing succeeds.

`)
}

// left tells what is not sent again, and why.
func left(b *strings.Builder, results []rig.Result) {
	b.WriteString("## What fails all the same, and why\n\n")
	var lines [][]string
	for _, r := range results {
		var done []string
		for _, f := range r.Case.Failures {
			key := f.Op + f.Why
			if slices.Contains(done, key) {
				continue
			}
			done = append(done, key)
			lines = append(lines, []string{r.Case.Name, f.Op, faults(r.Case.Failures, f), f.Why})
		}
	}
	table(b, []string{"SDK", "operation", "under", "why"}, lines)
	b.WriteString(`The SDK reports it with its own error, as it would without surefoot.

`)
}

// faults are all under which an op fails for one reason.
func faults(all []rig.Failure, of rig.Failure) string {
	var some []rig.Fault
	for _, f := range all {
		if f.Op != of.Op || f.Why != of.Why {
			continue
		}
		if f.Faults == nil {
			return "all"
		}
		for _, fault := range f.Faults {
			if !slices.Contains(some, fault) {
				some = append(some, fault)
			}
		}
	}
	if !slices.ContainsFunc(rig.Faults(), func(f rig.Fault) bool { return f != rig.CutBody && !slices.Contains(some, f) }) {
		return "all"
	}
	names := make([]string, len(some))
	for i, fault := range some {
		names[i] = fault.String()
	}
	return strings.Join(names, ", ")
}

// hang tells of the run in which the server hangs.
func hang(b *strings.Builder, results []rig.Result) {
	b.WriteString("## Calls to a server that hangs\n\n")
	table(b, []string{
		"SDK", ">calls", ">completed with surefoot", ">not sent again", ">body stopped", ">**doubled writes with surefoot**",
	}, rows(results, func(r rig.Result) []string {
		return []string{
			r.Case.Name, strconv.Itoa(r.Hang.Calls), strconv.Itoa(r.Hang.Completed), strconv.Itoa(r.Hang.Refused),
			strconv.Itoa(r.Hang.Cut), fmt.Sprintf("**%d**", r.Hang.Doubled),
		}
	}))
	fmt.Fprintf(b, `Each request hangs in two ways: the server does its work and its answer does not
come, or the answer stops in the middle of its body. Here surefoot has an attempt
timeout of %s (`+"`transport.WithAttemptTimeout`"+`); without one both last as long as the
caller's context lets them, as they do without surefoot. A call whose answer does not
come completes by another attempt, or is sent once and ends with the timeout's error,
or fails as one whose connection is cut at the same time, as listed below. "Body
stopped" are those that the caller's own deadline of %s ended, which alone can: the
answer was handed over already. Where no more of the body is needed, the call
completes.

`, rig.Patience, rig.Patience)
	for _, r := range results {
		for _, op := range r.Deaf {
			fmt.Fprintf(b, "%s, %s: its body was not stopped, because %s.\n\n", r.Case.Name, op.Name, op.Deaf)
		}
		if n := len(r.Hang.Unsure); n > 0 {
			fmt.Fprintf(b, "%s: the machine was too busy to judge %d more calls.\n\n", r.Case.Name, n)
		}
	}
}

// rest tells what runs leave.
func rest(b *strings.Builder, results []rig.Result) {
	b.WriteString("## What is left\n\n")
	var lines [][]string
	for _, r := range results {
		bare, ours := r.RestBare, r.Rest
		if bare.Connections+ours.Connections+bare.Goroutines()+ours.Goroutines() > 0 {
			lines = append(lines, []string{
				r.Case.Name, strconv.Itoa(bare.Connections), fmt.Sprintf("**%d**", ours.Connections),
				strconv.Itoa(bare.Goroutines()), fmt.Sprintf("**%d**", ours.Goroutines()),
			})
		}
	}
	b.WriteString(`After each run the connections at the proxy are counted that no pool holds idle, and
the goroutines that the run has started and that do not serve such a pool; and once
more all goroutines when the proxy is gone.

`)
	if len(lines) == 0 {
		b.WriteString("None of either is left of any SDK, without surefoot and with it.\n\n")
		return
	}
	table(b, []string{"SDK", ">connections bare", ">**with surefoot**", ">goroutines bare", ">**with surefoot**"}, lines)
	b.WriteString("Of the other SDKs nothing is left at all.\n\n")
}

// broken is empty, or there is something to mend.
func broken(b *strings.Builder, results []rig.Result) {
	for _, r := range results {
		for i, problem := range r.Problems {
			if i == 0 {
				fmt.Fprintf(b, "## Broken: %s\n\n", r.Case.Name)
			}
			fmt.Fprintf(b, "- %s\n", problem)
		}
	}
}

func rows(results []rig.Result, cells func(rig.Result) []string) [][]string {
	all := make([][]string, len(results))
	for i, r := range results {
		all[i] = cells(r)
	}
	return all
}

// table writes a table. The head of a column of numbers starts with ">".
func table(b *strings.Builder, columns []string, lines [][]string) {
	names, rules := make([]string, len(columns)), make([]string, len(columns))
	for i, column := range columns {
		name, right := strings.CutPrefix(column, ">")
		names[i], rules[i] = name, "---"
		if right {
			rules[i] = "--:"
		}
	}
	for _, line := range append([][]string{names, rules}, lines...) {
		fmt.Fprintf(b, "| %s |\n", strings.Join(line, " | "))
	}
	b.WriteString("\n")
}

func orDash(text string) string {
	if text == "" {
		return "–"
	}
	return text
}

func number(n int) string {
	if n == 0 {
		return "–"
	}
	return strconv.Itoa(n)
}
