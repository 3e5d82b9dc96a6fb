// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package chaos

import (
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/surefoot-go/surefoot/chaos/internal/plan"
)

// Report writes what a list of runs has shown, as Markdown. Command is the one
// that made them.
func Report(command string, audits []*Audit) string {
	var b strings.Builder
	if len(audits) == 0 {
		return ""
	}
	first := audits[0].Config
	fmt.Fprintf(&b, "# The chaos ledger\n\n"+
		"%s payments by each client over a network that breaks, and what the ledger\n"+
		"says afterwards. Made by `%s` with seed %d,\n"+
		"%s %s/%s on %d CPUs, toxiproxy %s.\n"+
		"What the columns mean is told below, and in the package's documentation.\n\n",
		group(first.Calls), command, first.Seed,
		runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), moduleVersion("github.com/Shopify/toxiproxy/v2"))
	for _, keys := range []bool{false, true} {
		writeTable(&b, audits, keys)
	}
	writeColumns(&b)
	writeClients(&b, audits)
	writeFaults(&b, audits)
	writeCaveats(&b, first.Callers)
	writeBroken(&b, audits)
	return b.String()
}

// A column of the tables.
type column struct {
	name  string
	value func(*Audit) string
}

func count(name string, value func(*Audit) int) column {
	return column{name, func(a *Audit) string { return group(value(a)) }}
}

func columns(keys bool) []column {
	all := []column{
		{"**applied twice**", func(a *Audit) string { return "**" + group(a.Twice) + "**" }},
		count("lost", func(a *Audit) int { return a.Lost }),
		count("completed", func(a *Audit) int { return a.Completed }),
	}
	if keys {
		all = append(all,
			column{"of completable", func(a *Audit) string { return percent(a.Completable-a.Missed, a.Completable) }},
			count("missed", func(a *Audit) int { return a.Missed }),
			count("in outages", func(a *Audit) int { return a.MissedInOutages }),
			count("by budget", func(a *Audit) int { return a.ByBudget }),
			count("by circuit", func(a *Audit) int { return a.ByCircuit }),
			count("hopeless", func(a *Audit) int { return a.Hopeless }),
			count("excused", func(a *Audit) int { return a.Excused }),
		)
	}
	return append(all,
		count("cut short", func(a *Audit) int { return a.CutShort }),
		count("unknown", func(a *Audit) int { return a.Unknown }),
		count("of these applied", func(a *Audit) int { return a.UnknownApplied }),
		column{"requests per call", func(a *Audit) string {
			return strconv.FormatFloat(float64(a.Arrived)/float64(a.Asked), 'f', 4, 64)
		}},
		column{"took", func(a *Audit) string { return a.Took.Round(time.Second).String() }},
	)
}

func writeTable(b *strings.Builder, audits []*Audit, keys bool) {
	rows := slices.DeleteFunc(slices.Clone(audits), func(a *Audit) bool { return a.Config.Keys != keys })
	if len(rows) == 0 {
		return
	}
	b.WriteString(map[bool]string{true: "## With idempotency keys", false: "## Without keys"}[keys] + "\n\n| client |")
	all := columns(keys)
	for _, c := range all {
		b.WriteString(" " + c.name + " |")
	}
	b.WriteString("\n|---|" + strings.Repeat("--:|", len(all)) + "\n")
	for _, a := range rows {
		b.WriteString("| " + a.Config.Client.Name + " |")
		for _, c := range all {
			b.WriteString(" " + c.value(a) + " |")
		}
		b.WriteString("\n")
	}
	b.WriteString("\n")
}

func writeColumns(b *strings.Builder) {
	b.WriteString(`## Columns

- *applied twice*: payments that the ledger holds more than once.
- *lost*: calls that were answered with a success that the ledger belies.
- *completed*: calls that got a success and its whole receipt.
- *completable*: all calls but those that are hopeless, excused or cut short. A
  client that makes four attempts 100, 200 and 400 ms apart, ± 50 %, with one
  key, and stops for nothing else, completes every one.
- *missed*: calls that were completable and did not complete; *in outages*: those
  of them on the four hosts that have outages.
- *by budget*, *by circuit*: retries that the budget of surefoot refused, and
  calls that ended at an open circuit.
- *hopeless*: calls of which every attempt was hit.
- *excused*: calls that did not complete, and either met an outage that took too
  long or were under way when the process stood still, on a busy machine.
- *cut short*: the status of a success arrived, and the body broke after it. By
  then the answer belongs to the caller, and no RoundTripper can send again.
- *unknown*: calls that ended in an error or in no success; *of these applied*:
  those whose payments the ledger holds all the same.
- *requests per call*: those that reached the server whole.

`)
}

func writeClients(b *strings.Builder, audits []*Audit) {
	b.WriteString("## Clients\n\n| client | version | how |\n|---|---|---|\n")
	seen := map[string]bool{}
	for _, a := range audits {
		c := a.Config.Client
		if !seen[c.Name] {
			fmt.Fprintf(b, "| %s | %s | %s |\n", c.Name, c.Version(), c.Notes)
		}
		seen[c.Name] = true
	}
	b.WriteString("\nAll have the same `http.Transport` beneath, which waits 3 s for the headers of\n" +
		"an answer; surefoot waits as long by `WithAttemptTimeout`. With keys, surefoot\n" +
		"makes them, and the others are given one in the request. Each call has 60 s.\n\n")
}

// writeFaults tells what was done to each client, in columns.
func writeFaults(b *strings.Builder, audits []*Audit) {
	b.WriteString("## What befell them\n\n| |")
	for _, a := range audits {
		fmt.Fprintf(b, " %s%s |", a.Config.Client.Name, map[bool]string{true: ", keys"}[a.Config.Keys])
	}
	b.WriteString("\n|---|" + strings.Repeat("--:|", len(audits)) + "\n")
	row := func(name string, value func(*Audit) int) {
		b.WriteString("| " + name + " |")
		for _, a := range audits {
			b.WriteString(" " + group(value(a)) + " |")
		}
		b.WriteString("\n")
	}
	for f := plan.None + 1; f < plan.Faults; f++ {
		row(f.String(), func(a *Audit) int { return a.Faults[f] })
	}
	row("of the cuts in the request's headers: beyond net/http's buffer", func(a *Audit) int { return a.Large })
	row("of these: while the client was writing", func(a *Audit) int { return a.Split })
	row("longest standstill of the process, ms", func(a *Audit) int { return int(a.Stall.Milliseconds()) })
	row("work that outlasts the attempt", func(a *Audit) int { return a.Slow })
	outages := map[string]bool{}
	for _, a := range audits {
		for name := range a.Outages {
			outages[name] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(outages)) {
		row("outage: "+name, func(a *Audit) int { return a.Outages[name] })
	}
	b.WriteString("\nFaults above the outages follow the seed; a client that sends more often meets\n" +
		"more of them. How many outages there are, and whom they meet, depends on time.\n\n")
}

func writeCaveats(b *strings.Builder, callers int) {
	fmt.Fprintf(b, `## Caveats

- All is in one process on the loopback interface: there is no packet loss.
- Each of the %d hosts has %d callers. The default budget, 10 tokens a host, is
  enough for scripted faults, and not for an outage that all callers meet.
- HTTP/2 is without TLS, and is cut by outages only: a cut ends all its streams.
- The server remembers keys for ever, and its ledger survives its restarts.
- "Took" says more of the waits of a client than of its speed.
`, hostCount(), callers)
}

func writeBroken(b *strings.Builder, audits []*Audit) {
	for _, a := range audits {
		if !a.Config.Client.Ours || a.OK() {
			continue
		}
		fmt.Fprintf(b, "\n## Broken promises: %s, keys %v\n\n", a.Config.Client.Name, a.Config.Keys)
		for _, line := range a.Broken {
			b.WriteString("- " + line + "\n")
		}
	}
}

// group writes a number with a thin space after each three digits.
func group(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "\u202f" + s[i:]
	}
	return s
}

// percent never rounds up to 100.
func percent(part, whole int) string {
	if part == whole || whole == 0 {
		return "100 %"
	}
	p := 100 * float64(part) / float64(whole)
	return strconv.FormatFloat(min(p, 99.9999), 'f', 4, 64) + " %"
}
