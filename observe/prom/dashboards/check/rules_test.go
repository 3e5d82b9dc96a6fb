// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package check_test

import (
	"context"
	"maps"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/model/timestamp"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/template"
	"go.yaml.in/yaml/v3"
)

const (
	rulesFile = "../surefoot.rules.yml"
	testsFile = "../surefoot.rules.test.yml"
)

// testFile is what promtool test rules reads, as far as ours uses it.
type testFile struct {
	RuleFiles []string       `yaml:"rule_files"`
	Interval  model.Duration `yaml:"evaluation_interval"`
	Tests     []ruleTest     `yaml:"tests"`
}

type ruleTest struct {
	Name     string         `yaml:"name"`
	Interval model.Duration `yaml:"interval"`
	Series   []struct {
		Series string `yaml:"series"`
		Values string `yaml:"values"`
	} `yaml:"input_series"`
	Cases []ruleCase `yaml:"alert_rule_test"`
}

type ruleCase struct {
	At    model.Duration `yaml:"eval_time"`
	Alert string         `yaml:"alertname"`
	Want  []alert        `yaml:"exp_alerts"`
}

type alert struct {
	Labels      map[string]string `yaml:"exp_labels"`
	Annotations map[string]string `yaml:"exp_annotations"`
}

// readRules returns the rules by name.
func readRules(t *testing.T) map[string]rulefmt.Rule {
	t.Helper()
	groups, errs := rulefmt.ParseFile(rulesFile, false, model.UTF8Validation, language)
	if len(errs) != 0 {
		t.Fatal(errs)
	}
	rules := map[string]rulefmt.Rule{}
	for _, g := range groups.Groups {
		for _, r := range g.Rules {
			rules[r.Alert] = r
		}
	}
	return rules
}

func readTests(t *testing.T) testFile {
	t.Helper()
	f, err := os.Open(testsFile)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var tests testFile
	d := yaml.NewDecoder(f)
	d.KnownFields(true)
	if err := d.Decode(&tests); err != nil {
		t.Fatal(err)
	}
	return tests
}

func TestRules_AskForWhatThereIs(t *testing.T) {
	t.Parallel()
	all := everyMetric(t)
	rules := readRules(t)
	if len(rules) < 8 {
		t.Fatalf("got %d rules, want all", len(rules))
	}
	for name, r := range rules {
		for _, problem := range all.check(r.Expr, map[string]bool{}) {
			t.Errorf("%s: %s", name, problem)
		}
		if !slices.Contains([]string{"critical", "warning", "info"}, r.Labels["severity"]) {
			t.Errorf("%s: got severity %q", name, r.Labels["severity"])
		}
		if got := slices.Sorted(maps.Keys(r.Annotations)); !slices.Equal(got, []string{"action", "description", "summary"}) {
			t.Errorf("%s: got annotations %v, want what to do as well", name, got)
		}
	}
}

func TestRules_HaveTests(t *testing.T) {
	t.Parallel()
	fires, silent := map[string]bool{}, map[string]bool{}
	for _, test := range readTests(t).Tests {
		for _, c := range test.Cases {
			fires[c.Alert] = fires[c.Alert] || len(c.Want) > 0
			silent[c.Alert] = silent[c.Alert] || len(c.Want) == 0
		}
	}
	rules := readRules(t)
	for name := range rules {
		if !fires[name] || !silent[name] {
			t.Errorf("%s: got a test that fires %v, one that does not %v, want both", name, fires[name], silent[name])
		}
	}
	for name := range fires {
		if rules[name].Alert == "" {
			t.Errorf("got a test of %q, which is no rule", name)
		}
	}
}

func TestRules_FireWhenTheyShould(t *testing.T) {
	t.Parallel()
	rules, tests := readRules(t), readTests(t)
	if !slices.Equal(tests.RuleFiles, []string{strings.TrimPrefix(rulesFile, "../")}) {
		t.Fatalf("got tests of %v, want those of %s", tests.RuleFiles, rulesFile)
	}
	for _, test := range tests.Tests {
		t.Run(test.Name, func(t *testing.T) {
			t.Parallel()
			series := map[string]string{}
			for _, s := range test.Series {
				series[s.Series] = s.Values
			}
			for _, c := range test.Cases {
				d := open(t, time.Duration(test.Interval), series)
				got := d.firing(t, rules[c.Alert], time.Duration(tests.Interval), time.Duration(c.At))
				checkAlerts(t, c, got)
			}
		})
	}
}

func checkAlerts(t *testing.T, c ruleCase, got []alert) {
	t.Helper()
	if len(got) != len(c.Want) {
		t.Errorf("%s after %v: got %d alerts %v, want %d", c.Alert, c.At, len(got), got, len(c.Want))
		return
	}
	for i, want := range c.Want { // in the order of their labels
		if !maps.Equal(got[i].Labels, want.Labels) || !maps.Equal(got[i].Annotations, want.Annotations) {
			t.Errorf("%s after %v: got\n\t%v\nwant\n\t%v", c.Alert, c.At, got[i], want)
		}
	}
}

// firing evaluates a rule at every interval, as a server does, and returns the
// alerts that fire at the end. That takes what a server has beside an engine,
// the memory of since when: the package of Prometheus that has it would bring
// every service discovery along.
func (d *database) firing(t *testing.T, r rulefmt.Rule, interval, end time.Duration) []alert {
	t.Helper()
	since := map[string]time.Duration{}
	var firing []alert
	for now := time.Duration(0); now <= end; now += interval {
		active := map[string]time.Duration{}
		firing = nil
		for _, s := range d.at(t, r.Expr, now) {
			name := s.Metric.String()
			active[name] = now
			if began, ok := since[name]; ok {
				active[name] = began
			}
			if now-active[name] >= time.Duration(r.For) {
				firing = append(firing, d.alert(t, r, s, now))
			}
		}
		since = active
	}
	return firing
}

// alert writes out an alert.
func (d *database) alert(t *testing.T, r rulefmt.Rule, s promql.Sample, now time.Duration) alert {
	t.Helper()
	made := alert{map[string]string{}, map[string]string{}}
	s.Metric.Range(func(l labels.Label) {
		if l.Name != model.MetricNameLabel {
			made.Labels[l.Name] = l.Value
		}
	})
	data := template.AlertTemplateData(maps.Clone(made.Labels), nil, "", s)
	none := func(context.Context, string, time.Time) (promql.Vector, error) { return nil, nil }
	at := model.Time(timestamp.FromTime(time.Unix(0, 0).UTC().Add(now)))
	for name, text := range r.Annotations {
		prefix := "{{$labels := .Labels}}{{$value := .Value}}"
		expanded, err := template.NewTemplateExpander(context.Background(), prefix+text, r.Alert, data, at, none, new(url.URL), nil).Expand()
		if err != nil {
			t.Fatal(err)
		}
		made.Annotations[name] = expanded
	}
	maps.Copy(made.Labels, r.Labels)
	return made
}
