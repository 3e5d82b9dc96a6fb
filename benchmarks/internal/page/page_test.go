// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package page_test

import (
	"math"
	"strings"
	"testing"

	"github.com/surefoot-go/surefoot/benchmarks/internal/page"
)

func TestOrigin_BeginsAndEndsAPage(t *testing.T) {
	t.Parallel()
	rows := []struct {
		name     string
		remark   string
		findings string
		want     []string
	}{
		{"all of it", page.Simulated, "\n## Findings\n\nFew.\n\n", []string{
			"# Title\n\nAbout.\n\n    go run\n\n- The machine: ", ". It does not matter: time is simulated.\n- The settings: 1 seed.",
			"\n\n## How to read this\n\nWith care.\n\n## Findings\n\nFew.\n",
		}},
		{"as little as there can be", "", "", []string{".\n- The settings: 1 seed.\n\n## How to read this\n\nWith care.\n"}},
	}
	for _, row := range rows {
		o := page.Origin{Command: "go run", Settings: "1 seed", Findings: row.findings}
		var b strings.Builder
		o.Head(&b, "Title", "About.", row.remark)
		o.Tail(&b, "With care.")
		rest := b.String()
		for _, want := range row.want {
			_, after, ok := strings.Cut(rest, want)
			if !ok {
				t.Errorf("%s: got no %q in:\n%s", row.name, want, b.String())
			}
			rest = after
		}
		if rest != "" {
			t.Errorf("%s: got %q at the end", row.name, rest)
		}
	}
}

func TestTables_AreAlignedForWhatTheyHold(t *testing.T) {
	t.Parallel()
	header, rows := []string{"who", "p50", "worst"}, [][]string{{"surefoot", "1", "12"}, {"a rival with a long name", "100", "2"}}
	var numbers, text, plain strings.Builder
	page.Table(&numbers, header, rows)
	page.TextTable(&text, header, rows)
	if err := page.PlainTable(&plain, 10, header, rows); err != nil {
		t.Fatal(err)
	}
	for _, table := range []struct{ got, want string }{
		{numbers.String(), "| who | p50 | worst |\n| --- | ---: | ---: |\n| surefoot | 1 | 12 |\n| a rival with a long name | 100 | 2 |\n\n"},
		{text.String(), "| who | p50 | worst |\n| --- | --- | --- |\n| surefoot | 1 | 12 |\n| a rival with a long name | 100 | 2 |\n\n"},
		{
			plain.String(), "" +
				"                who         p50  worst\n" +
				"                surefoot      1     12\n" +
				"  a rival with a long name  100      2\n\n",
		},
	} {
		if table.got != table.want {
			t.Errorf("got:\n%s\nwant:\n%s", table.got, table.want)
		}
	}
}

func TestNumbers_AreWrittenForPeople(t *testing.T) {
	t.Parallel()
	rows := []struct{ name, got, want string }{
		{"rounded", page.Decimals(1)(0.25001), "0.3"},
		{"whole", page.Decimals(0)(12.4), "12"},
		{"nothing to tell", page.Decimals(2)(math.NaN()), page.None},
		{"without an end", page.Decimals(2)(math.Inf(1)), "never"},
		{"whole seconds", page.Seconds(4), "4"},
		{"a median of two", page.Seconds(4.5), "4.5"},
		{"no seconds to tell", page.Seconds(math.NaN()), page.None},
		{"seconds without an end", page.Seconds(math.Inf(1)), "never"},
		{"a limit that is met", page.Met(true), "met"},
		{"a limit that is not", page.Met(false), "MISSED"},
	}
	for _, row := range rows {
		if row.got != row.want {
			t.Errorf("%s: got %q, want %q", row.name, row.got, row.want)
		}
	}
}
