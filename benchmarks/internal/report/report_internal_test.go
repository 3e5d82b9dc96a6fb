// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package report

import (
	"math"
	"strings"
	"testing"

	"github.com/surefoot-go/surefoot/benchmarks/internal/page"
	"github.com/surefoot-go/surefoot/benchmarks/internal/suite"
	"github.com/surefoot-go/surefoot/benchmarks/internal/workload"
)

func TestFormats_WriteForPeople(t *testing.T) {
	t.Parallel()
	rows := []struct {
		name string
		got  string
		want string
	}{
		{"nothing measured", ratio(math.NaN()), page.None},
		{"a ratio", ratio(0.347), "0.35"},
		{"a large ratio", ratio(18.2), "18"},
		{"what rounds to zero has no sign", ratio(-0.001), "0"},
		{"a count that is whole but for noise", count(12.004), "12"},
		{"a count that is not", count(0.125), "0.12"},
		{"nanoseconds", nanoseconds(146.4), "146"},
		{"many nanoseconds", nanoseconds(123_456), "123 µs"},
		{"bytes", bytes(416), "416 B"},
		{"many bytes", bytes(20 << 10), "20 KiB"},
		{"more bytes", bytes(2.2e6), "2.1 MiB"},
	}
	for _, row := range rows {
		if row.got != row.want {
			t.Errorf("%s: got %q, want %q", row.name, row.got, row.want)
		}
	}
}

func TestBar_IsMetByWhatRoundsToIt(t *testing.T) {
	t.Parallel()
	rows := []struct {
		limit, median float64
		digits        int
		want          bool
	}{
		{0.35, 0.2, 2, true},
		{0.35, 0.354, 2, true},
		{0.35, 0.356, 2, false},
		{0, 0.001, 2, true},
		{0, 1, 2, false},
		{9, 9, 0, true},
		{9, 10, 0, false},
	}
	for _, row := range rows {
		if got := (bar{limit: row.limit, digits: row.digits}).met(row.median); got != row.want {
			t.Errorf("%v at a bar of %v: got %t, want %t", row.median, row.limit, got, row.want)
		}
	}
}

// Every pass is shown, and the median decides.
func TestMarkdown_ShowsEachPassAndTheMedian(t *testing.T) {
	t.Parallel()
	book := suite.NewBook()
	name := workload.Case{Hosts: 1, Workers: 1}.String()
	for _, v := range []float64{0.31, 0.52, 0.34} {
		book.Add(suite.Key{Case: name, Contender: suite.Surefoot, Metric: suite.Ratio}, v)
	}
	text := (&Report{Book: book, Origin: page.Origin{Command: "go run ./cmd/report"}}).Markdown()
	if want := "| ≤ 0.35 | 0.31 · 0.52 · 0.34 | 0.34 | yes |"; !strings.Contains(text, want) {
		t.Errorf("got no %q in:\n%s", want, text)
	}
	if strings.Contains(text, "## Memory") {
		t.Error("got a section without numbers")
	}
}

func TestChart_EscapesAndStartsAtZero(t *testing.T) {
	t.Parallel()
	svg := chart{title: "a < b", rows: []chartRow{
		{label: "none", values: []float64{0}, text: []string{"0"}},
		{label: "all & more", values: []float64{10}, text: []string{"10"}, ours: true},
	}}.svg()
	for _, want := range []string{"a &lt; b", "all &amp; more", `width="0.0"`, `class="bar mine"`} {
		if !strings.Contains(svg, want) {
			t.Errorf("got no %q in:\n%s", want, svg)
		}
	}
}

func TestCharts_AreOfWhatWasMeasured(t *testing.T) {
	t.Parallel()
	book := suite.NewBook()
	r := &Report{Book: book}
	if charts := r.Charts(); len(charts) != 0 {
		t.Errorf("got %d charts of nothing", len(charts))
	}
	book.Add(suite.Key{Case: mainCase(workload.Get), Contender: suite.Surefoot, Metric: suite.AddedNS}, 30)
	charts := r.Charts()
	if _, ok := charts["time.svg"]; !ok || len(charts) != 1 {
		t.Errorf("got %d charts, want that of time", len(charts))
	}
}

// The floor under the ingredients is none of them.
func TestIngredientsTable_LeavesOutTheFirst(t *testing.T) {
	t.Parallel()
	book := suite.NewBook()
	for _, name := range []string{"an empty loop", "a lock"} {
		book.Add(suite.Key{Case: suite.IngredientCase, Contender: name, Metric: suite.NS}, 1)
	}
	var b strings.Builder
	(&Report{Book: book}).ingredientsTable(&b)
	if got := b.String(); strings.Contains(got, "an empty loop") || !strings.Contains(got, "| a lock | 1.0 |") {
		t.Errorf("got:\n%s", got)
	}
}
