// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Package conformance_test runs triptest on surefoot and on its rivals, and
// writes the table that CONFORMANCE.md holds:
//
//	go test ./conformance -write
//
// Without -write it checks surefoot only.
package conformance_test

import (
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/rehttp"
	"github.com/cristalhq/hedgedhttp"
	"github.com/failsafe-go/failsafe-go/failsafehttp"
	"github.com/hashicorp/go-retryablehttp"

	"github.com/surefoot-go/surefoot/breaker"
	"github.com/surefoot-go/surefoot/transport"
	"github.com/surefoot-go/surefoot/triptest"
)

var write = flag.Bool("write", false, "check the rivals too, and write CONFORMANCE.md")

// contender is one column of the table.
type contender struct {
	name, version string
	build         func(base http.RoundTripper) (http.RoundTripper, error)
	opts          []triptest.Option
	// ruledOut holds the clauses that the contender's own documentation rules
	// out, and where it says so.
	ruledOut map[string]string
}

func surefoot() contender {
	return contender{
		name: "surefoot", version: "this tree",
		build: func(base http.RoundTripper) (http.RoundTripper, error) { return transport.New(base) },
		opts: []triptest.Option{
			triptest.Retries(4), triptest.RetriesKeyed(),
			triptest.Circuit(breaker.ErrOpen), triptest.CircuitPerHost(),
		},
	}
}

// contenders returns the columns. Each rival has the setting of its
// documentation that brings it nearest to the contract, and is expected to do
// only what it says that it does.
func contenders() []contender {
	idempotent := []string{http.MethodGet, http.MethodHead, http.MethodPut, http.MethodDelete, http.MethodOptions, http.MethodTrace}
	return []contender{
		surefoot(),
		{
			name: "go-retryablehttp", version: moduleVersion("github.com/hashicorp/go-retryablehttp"),
			build: func(base http.RoundTripper) (http.RoundTripper, error) {
				c := retryablehttp.NewClient()
				c.HTTPClient = &http.Client{Transport: base}
				c.Logger = nil
				c.ErrorHandler = retryablehttp.PassthroughErrorHandler
				return &retryablehttp.RoundTripper{Client: c}, nil
			},
			opts: []triptest.Option{triptest.Retries(5)},
		},
		{
			name: "failsafehttp retry", version: moduleVersion("github.com/failsafe-go/failsafe-go"),
			build: func(base http.RoundTripper) (http.RoundTripper, error) {
				policy := failsafehttp.NewRetryPolicyBuilder().ReturnLastFailure().WithBackoff(time.Second, 30*time.Second).Build()
				return failsafehttp.NewRoundTripper(base, policy), nil
			},
			opts: []triptest.Option{triptest.Retries(3)},
			ruledOut: map[string]string{
				"retry-after/date": "DelayFunc documents seconds",
			},
		},
		{
			name: "rehttp", version: moduleVersion("github.com/PuerkitoBio/rehttp"),
			build: func(base http.RoundTripper) (http.RoundTripper, error) {
				return rehttp.NewTransport(base, rehttp.RetryAll(
					rehttp.RetryMaxRetries(3), rehttp.RetryHTTPMethods(slices.Clone(idempotent)...),
					rehttp.RetryAny(rehttp.RetryStatuses(429, 500, 502, 503, 504), rehttp.RetryIsErr(func(err error) bool { return err != nil }))),
					rehttp.ExpJitterDelay(time.Second, 30*time.Second)), nil
			},
			opts: []triptest.Option{triptest.Retries(4), triptest.RetriesMethods(idempotent...), triptest.Buffers()},
			ruledOut: map[string]string{
				"request/body-streams": "Transport documents that it reads the body into memory",
			},
		},
		{
			name: "hedgedhttp", version: moduleVersion("github.com/cristalhq/hedgedhttp"),
			build: func(base http.RoundTripper) (http.RoundTripper, error) {
				return hedgedhttp.NewRoundTripper(10*time.Millisecond, 7, base)
			},
			opts: []triptest.Option{triptest.Hedges(), triptest.RealClock()},
		},
	}
}

// moduleVersion asks the go command, because a test binary does not know what
// it was built from.
func moduleVersion(path string) string {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Version}}", path).Output()
	if err != nil {
		return "?"
	}
	return strings.TrimSpace(string(out))
}

func (c *contender) check(t *testing.T) []triptest.Result {
	t.Helper()
	results, err := triptest.Check(t, func(base http.RoundTripper) http.RoundTripper {
		rt, err := c.build(base)
		if err != nil {
			t.Error(err)
			return base
		}
		return rt
	}, c.opts...)
	if err != nil {
		t.Fatal(err)
	}
	return results
}

func TestSurefoot_KeepsEveryClause(t *testing.T) {
	t.Parallel()
	c := surefoot()
	for _, r := range c.check(t) {
		if r.Status == triptest.Failed {
			t.Error(r)
		}
	}
}

func TestTable(t *testing.T) {
	t.Parallel()
	if !*write {
		t.Skip("writes CONFORMANCE.md, with -write")
	}
	columns := contenders()
	cells := make(map[string][]string)
	passed, failed := make([]int, len(columns)), make([]int, len(columns))
	for i := range columns {
		for _, r := range columns[i].check(t) {
			name := r.Clause.Name
			cell := mark(&columns[i], r)
			switch cell {
			case "yes":
				passed[i]++
			case "**no**":
				failed[i]++
				t.Logf("%s: %s", columns[i].name, r)
			}
			cells[name] = append(cells[name], cell)
		}
	}
	if err := os.WriteFile("../CONFORMANCE.md", []byte(render(columns, cells, passed, failed)), 0o644); err != nil {
		t.Fatal(err)
	}
}

func mark(c *contender, r triptest.Result) string {
	switch r.Status {
	case triptest.Passed:
		return "yes"
	case triptest.Failed:
		if _, ok := c.ruledOut[r.Clause.Name]; ok {
			return "ruled out"
		}
		return "**no**"
	case triptest.Skipped, triptest.NotApplicable:
	}
	return "–"
}

func render(columns []contender, cells map[string][]string, passed, failed []int) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("# Conformance\n")
	line("What package [triptest](../triptest) finds of surefoot and of other libraries,")
	line("each with the documented setting that brings it nearest to the contract, and asked")
	line("only for what it says that it does. Written on %s by\n", time.Now().UTC().Format(time.DateOnly))
	line("    cd benchmarks && go test ./conformance -write\n")
	line("with %s on %s/%s.\n", runtime.Version(), runtime.GOOS, runtime.GOARCH)
	var head, sum strings.Builder
	for i := range columns {
		fmt.Fprintf(&head, " %s %s |", columns[i].name, columns[i].version)
		fmt.Fprintf(&sum, " **%d of %d** |", passed[i], passed[i]+failed[i])
	}
	header := fmt.Sprintf("| |%s\n|---|%s", &head, strings.Repeat("---|", len(columns)))
	line("%s\n| **kept of those that apply** |%s\n", header, &sum)
	line("yes: kept. **no**: broken. –: does not apply to what the library does, or could")
	line("not be checked on it. ruled out: broken, and the library's documentation says so;")
	line("not counted.\n")
	line("## Clause by clause\n\n%s", header)
	for _, cl := range triptest.Clauses() {
		line("| %s | %s |", cl.Name, strings.Join(cells[cl.Name], " | "))
	}
	line("\n## What the clauses say\n\n| clause | says | source |\n|---|---|---|")
	for _, cl := range triptest.Clauses() {
		line("| %s | %s | %s |", cl.Name, escape(cl.Doc), escape(cl.Source))
	}
	line("\n## Ruled out\n")
	for i := range columns {
		for _, cl := range triptest.Clauses() {
			if why, ok := columns[i].ruledOut[cl.Name]; ok {
				line("- %s, %s: %s.", columns[i].name, cl.Name, why)
			}
		}
	}
	line("\n## Caveats\n")
	line("- hedgedhttp keeps goroutines and channels for the whole program, so it is checked")
	line("  on the real clock, where clauses with long waits are left out.")
	line("- The race detector is off: it would end the run at rehttp's race between a retry")
	line("  and the transport that still reads the body before it.")
	return b.String()
}

func escape(s string) string { return strings.ReplaceAll(s, "|", `\|`) }
