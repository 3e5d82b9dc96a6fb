// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package check_test

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/promql/promqltest"
)

// language is PromQL without experiments.
var language = parser.NewParser(parser.Options{})

// byServer are the labels that a server adds.
var byServer = map[string]bool{"job": true, "instance": true}

// check returns what is wrong with a query, and notes which metrics it asks for.
func (k known) check(expr string, asked map[string]bool) (problems []string) {
	root, err := language.ParseExpr(expr)
	if err != nil {
		return []string{fmt.Sprintf("%v in %s", err, expr)}
	}
	parser.Inspect(root, func(node parser.Node, _ []parser.Node) error {
		switch n := node.(type) {
		case *parser.VectorSelector:
			asked[n.Name] = true
			problems = append(problems, k.checkSelector(n)...)
		case *parser.AggregateExpr:
			problems = append(problems, k.checkLabels(n.Grouping)...)
		case *parser.BinaryExpr:
			if n.VectorMatching != nil {
				problems = append(problems, k.checkLabels(n.VectorMatching.MatchingLabels)...)
			}
		}
		return nil
	})
	return problems
}

// checkSelector sees to it that each value which is named is told by the
// Collector, and that a pattern fits one that is.
func (k known) checkSelector(n *parser.VectorSelector) (problems []string) {
	m := k[n.Name]
	if m == nil {
		return []string{"got a metric that is not told: " + n.Name}
	}
	for _, matcher := range n.LabelMatchers {
		if matcher.Name == model.MetricNameLabel || byServer[matcher.Name] {
			continue
		}
		values := m.labels[matcher.Name]
		if values == nil {
			problems = append(problems, fmt.Sprintf("got label %s of %s, which does not have it", matcher.Name, n.Name))
			continue
		}
		for _, value := range valuesOf(matcher) {
			// The keys are the user's, and there need not be one too many.
			if !values[value] && value != "other" {
				problems = append(problems, fmt.Sprintf("got %v of %s, which is never told", matcher, n.Name))
			}
		}
	}
	return problems
}

// valuesOf returns the values that a matcher names.
func valuesOf(m *labels.Matcher) []string {
	switch {
	case m.Value == ".*":
		return nil
	case m.Type == labels.MatchRegexp || m.Type == labels.MatchNotRegexp:
		return strings.Split(m.Value, "|")
	}
	return []string{m.Value}
}

// checkLabels sees to it that some metric has each label.
func (k known) checkLabels(names []string) (problems []string) {
	for _, name := range names {
		found := byServer[name]
		for _, m := range k {
			found = found || m.labels[name] != nil
		}
		if !found {
			problems = append(problems, "got a label that no metric has: "+name)
		}
	}
	return problems
}

// groupingOf returns the labels that the first aggregation of a query keeps.
func groupingOf(expr string) map[string]bool {
	kept := map[string]bool{}
	root, err := language.ParseExpr(expr)
	if err != nil {
		return kept
	}
	parser.Inspect(root, func(node parser.Node, _ []parser.Node) error {
		if n, ok := node.(*parser.AggregateExpr); ok && len(kept) == 0 {
			for _, name := range n.Grouping {
				kept[name] = true
			}
		}
		return nil
	})
	return kept
}

// A database holds the series of a test.
type database struct{ loader *promqltest.LazyLoader }

// open makes one of series in the form of tests of promtool.
func open(t *testing.T, interval time.Duration, series map[string]string) *database {
	t.Helper()
	var text strings.Builder
	fmt.Fprintf(&text, "load %s\n", interval)
	for name, values := range series {
		fmt.Fprintf(&text, "  %s %s\n", name, values)
	}
	loader, err := promqltest.NewLazyLoader(text.String(), promqltest.LazyLoaderOpts{EnableAtModifier: true, EnableNegativeOffset: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { loader.Close() })
	return &database{loader}
}

// storage makes one in which counters have counted as much again in each minute
// of an hour.
func storage(t *testing.T, all known) *database {
	t.Helper()
	series := map[string]string{}
	for _, m := range all {
		for _, s := range m.values {
			value := strconv.FormatFloat(s.value, 'g', -1, 64)
			if s.counter {
				series[s.series] = "0+" + value + "x60"
			} else {
				series[s.series] = value + "x60"
			}
		}
	}
	return open(t, time.Minute, series)
}

// at returns what a query gives at a time since the beginning.
func (d *database) at(t *testing.T, expr string, since time.Duration) promql.Vector {
	t.Helper()
	when := time.Unix(0, 0).UTC().Add(since)
	var got promql.Vector
	d.loader.WithSamplesTill(when, func(err error) {
		if err != nil {
			t.Fatal(err)
		}
		q, err := d.loader.QueryEngine().NewInstantQuery(context.Background(), d.loader.Queryable(), nil, expr, when)
		if err != nil {
			t.Fatalf("%v of %s", err, expr)
		}
		defer q.Close()
		result := q.Exec(t.Context())
		if got, err = result.Vector(); err != nil {
			t.Fatalf("%v of %s", err, expr)
		}
	})
	return got
}

// count returns how many series a query gives after half an hour, and complains
// if one is not a number.
func (d *database) count(t *testing.T, expr string) int {
	t.Helper()
	vector := d.at(t, expr, 30*time.Minute)
	for _, s := range vector {
		if s.F != s.F { //nolint:gocritic // NaN
			t.Errorf("got %v of %s, want a number", s, expr)
		}
	}
	return len(vector)
}
