// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package check_test

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"
)

// dashboardFile is as Grafana reads it.
const dashboardFile = "../surefoot.json"

// schemaVersion is that of Grafana 12; later ones bring it up to date, and
// earlier ones do not mind.
const schemaVersion = 42

type dashboard struct {
	Title         string
	UID           string
	SchemaVersion int
	Panels        []panel
	Templating    struct{ List []variable }
	Annotations   struct{ List []annotation }
}

type panel struct {
	ID          int
	Type        string
	Title       string
	Description string
	Datasource  source
	GridPos     struct{ H, W, X, Y int }
	Targets     []target
	Panels      []panel
}

type source struct{ Type, UID string }

type target struct {
	Datasource   source
	Expr         string
	LegendFormat string
	RefID        string
}

type variable struct {
	Name, Type, Definition string
	Query                  json.RawMessage
	AllValue               string
}

type annotation struct {
	Name, Expr string
	BuiltIn    int
}

func readDashboard(t *testing.T) *dashboard {
	t.Helper()
	text, err := os.ReadFile(dashboardFile)
	if err != nil {
		t.Fatal(err)
	}
	d := new(dashboard)
	if err := json.Unmarshal(text, d); err != nil {
		t.Fatal(err)
	}
	return d
}

// variables are what Grafana puts in their place, with All chosen.
var variables = strings.NewReplacer(
	"$__rate_interval", "5m", "$job", ".*", "$client", ".*", "$key", ".*",
)

// A query is one of the dashboard, as Prometheus is given it.
type query struct{ where, expr, legend string }

func (d *dashboard) queries() []query {
	var all []query
	for _, p := range d.Panels {
		for _, target := range p.Targets {
			all = append(all, query{p.Title + " " + target.RefID, variables.Replace(target.Expr), target.LegendFormat})
		}
	}
	for _, a := range d.Annotations.List {
		if a.BuiltIn == 0 {
			all = append(all, query{"annotation " + a.Name, variables.Replace(a.Expr), ""})
		}
	}
	for _, v := range d.Templating.List {
		if selector, ok := strings.CutPrefix(v.Definition, "label_values("); ok {
			selector = selector[:strings.LastIndex(selector, ",")]
			all = append(all, query{"variable " + v.Name, variables.Replace(selector), ""})
		}
	}
	return all
}

var inLegend = regexp.MustCompile(`\{\{(\w+)\}\}`)

func TestDashboard_AsksForWhatThereIs(t *testing.T) {
	t.Parallel()
	all := everyMetric(t)
	asked := map[string]bool{}
	queries := readDashboard(t).queries()
	if len(queries) < 30 {
		t.Fatalf("got %d queries, want those of all panels", len(queries))
	}
	for _, q := range queries {
		if strings.Contains(q.expr, "$") {
			t.Errorf("%s: got a variable that is not known: %s", q.where, q.expr)
			continue
		}
		for _, problem := range all.check(q.expr, asked) {
			t.Errorf("%s: %s", q.where, problem)
		}
		kept := groupingOf(q.expr)
		for _, match := range inLegend.FindAllStringSubmatch(q.legend, -1) {
			if !kept[match[1]] {
				t.Errorf("%s: got %s in the legend, want a label that the query keeps", q.where, match[0])
			}
		}
	}
	for name := range all {
		base := strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(name, "_bucket"), "_sum"), "_count")
		if !asked[name] && !asked[base+"_bucket"] {
			t.Errorf("got no query for %s, want it to be seen somewhere", name)
		}
	}
}

func TestDashboard_ShowsSomethingEverywhere(t *testing.T) {
	t.Parallel()
	s := storage(t, everyMetric(t))
	for _, q := range readDashboard(t).queries() {
		if got := s.count(t, q.expr); got == 0 {
			t.Errorf("%s: got nothing of %s", q.where, q.expr)
		}
	}
}

func TestDashboard_IsWellFormed(t *testing.T) {
	t.Parallel()
	d := readDashboard(t)
	if d.SchemaVersion != schemaVersion || d.UID == "" || d.Title == "" {
		t.Errorf("got version %d, uid %q and title %q, want %d and both set", d.SchemaVersion, d.UID, d.Title, schemaVersion)
	}
	names := map[string]variable{}
	for _, v := range d.Templating.List {
		names[v.Name] = v
	}
	if names["datasource"].Type != "datasource" {
		t.Errorf("got %v, want a variable for the data source", names["datasource"])
	}
	for _, name := range []string{"job", "client", "key"} {
		if v := names[name]; v.Type != "query" || v.AllValue != ".*" {
			t.Errorf("got %v, want a variable for %s that can be anything", v, name)
		}
	}
	ids := map[int]bool{}
	taken := map[[2]int]string{}
	for _, p := range d.Panels {
		if ids[p.ID] || p.ID == 0 {
			t.Errorf("%s: got id %d, want one of its own", p.Title, p.ID)
		}
		ids[p.ID] = true
		for x := p.GridPos.X; x < p.GridPos.X+p.GridPos.W; x++ {
			for y := p.GridPos.Y; y < p.GridPos.Y+p.GridPos.H; y++ {
				if other := taken[[2]int{x, y}]; other != "" || x >= 24 {
					t.Fatalf("%s: got a place at %d, %d, want one that is free; there is %q", p.Title, x, y, other)
				}
				taken[[2]int{x, y}] = p.Title
			}
		}
		if p.Type == "row" {
			continue
		}
		if p.Title == "" || p.Description == "" || len(p.Targets) == 0 {
			t.Errorf("got panel %d %q, want a title, a description and a query", p.ID, p.Title)
		}
		for _, target := range p.Targets {
			if target.Datasource != (source{"prometheus", "${datasource}"}) || p.Datasource != target.Datasource {
				t.Errorf("%s: got data source %v, want that of the variable", p.Title, target.Datasource)
			}
		}
	}
}
