// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package simulation_test

import (
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/surefoot-go/surefoot/benchmarks/internal/page"
	"github.com/surefoot-go/surefoot/benchmarks/internal/simulation"
)

// A breeze is a storm that does nothing.
type breeze string

func (b breeze) Label() string   { return string(b) + ", 1 client" }
func (b breeze) Shorter() breeze { return "short " + b }

// told is a page without numbers.
type told struct{ page.Origin }

func (p told) Markdown() string {
	return strings.Join([]string{"page", p.Command, p.Settings, p.Findings}, "|")
}
func (told) Charts() map[string]string { return map[string]string{"a.svg": "chart"} }
func (told) Print(out io.Writer) error {
	_, err := io.WriteString(out, "tables")
	return err
}

type series = simulation.Series[breeze, string]

// command notes what it is asked to run.
func command(asked *[]series) simulation.Command[breeze, string] {
	drop := ""
	return simulation.Command[breeze, string]{
		Name: "breeze", File: "BREEZE.md", Findings: "findings", Width: 20,
		Storms: simulation.Choice[breeze]{
			What: "breezes", Flag: "only", All: []breeze{"north", "south", "sea"},
			Tell: func(b breeze) simulation.Entry {
				return simulation.Entry{Name: string(b), Label: b.Label(), Text: "From the " + string(b) + "."}
			},
		},
		Field: simulation.Choice[string]{
			What: "flags", Flag: "flag", All: []string{"red", "blue"},
			Tell: func(s string) simulation.Entry { return simulation.Entry{Name: s, Label: s, Text: "A flag."} },
		},
		Flags: func(flags *flag.FlagSet) { flags.StringVar(&drop, "drop", "", "one to leave out") },
		Narrow: func(list []breeze) ([]breeze, error) {
			if drop == "all" {
				return nil, errAll
			}
			return slices.DeleteFunc(slices.Clone(list), func(b breeze) bool { return string(b) == drop }), nil
		},
		Run: func(_ *testing.T, s series) (simulation.Page, error) {
			*asked = append(*asked, s)
			return told{s.Origin}, nil
		},
	}
}

var errAll = errors.New("nothing is left")

func TestDo_RunsWhatItIsAskedTo(t *testing.T) {
	t.Parallel()
	rows := []struct {
		args     string
		storms   []breeze
		field    []string
		seeds    int
		settings string
	}{
		{"", []breeze{"north", "south", "sea"}, []string{"red", "blue"}, 5, "5 seeds"},
		{"-seeds 3 -only s*", []breeze{"south", "sea"}, []string{"red", "blue"}, 3, "3 seeds"},
		{"-only sea,north -flag blue", []breeze{"north", "sea"}, []string{"blue"}, 5, "5 seeds"},
		{"-quick -drop north", []breeze{"short south", "short sea"}, []string{"red", "blue"}, 1, "1 seeds; quick: **too short to quote**"},
		{"-quick -seeds 2 -only sea", []breeze{"short sea"}, []string{"red", "blue"}, 2, "2 seeds; quick: **too short to quote**"},
	}
	for _, row := range rows {
		t.Run("with "+row.args, func(t *testing.T) {
			t.Parallel()
			var asked []series
			args := append(strings.Fields(row.args), "-print")
			if err := command(&asked).Do(t, args, io.Discard, io.Discard); err != nil {
				t.Fatal(err)
			}
			if len(asked) != 1 {
				t.Fatalf("got %d series, want one", len(asked))
			}
			s := asked[0]
			if !slices.Equal(s.Storms, row.storms) || !slices.Equal(s.Field, row.field) || s.Seeds != row.seeds || s.Workers < 1 {
				t.Errorf("got %v with %v, %d seeds and %d workers, want %v with %v, %d", s.Storms, s.Field, s.Seeds, s.Workers, row.storms, row.field, row.seeds)
			}
			if s.Origin.Settings != row.settings || s.Origin.Findings != "findings" {
				t.Errorf("got settings %q and findings %q, want %q", s.Origin.Settings, s.Origin.Findings, row.settings)
			}
		})
	}
}

func TestDo_WritesThePageAndItsCharts(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "new")
	var asked []series
	var out, log strings.Builder
	if err := command(&asked).Do(t, []string{"-seeds", "2", "-out", dir}, &out, &log); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"BREEZE.md": "page|go run ./cmd/breeze -seeds 2|2 seeds|findings", "a.svg": "chart"} {
		if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(got) != want {
			t.Errorf("%s: got %q, %v, want %q", name, got, err, want)
		}
	}
	if out.String() != "tables" || !strings.HasPrefix(log.String(), "done after ") {
		t.Errorf("got %q and a log of %q", out.String(), log.String())
	}
}

func TestDo_PrintsOrListsAndWritesNothing(t *testing.T) {
	t.Parallel()
	const list = "south, 1 client      From the south.\nsea, 1 client        From the sea.\nred                  A flag.\n"
	for args, want := range map[string]string{"-print": "tables", "-list -only s* -flag red": list} {
		dir := filepath.Join(t.TempDir(), "new")
		var asked []series
		var out strings.Builder
		if err := command(&asked).Do(t, append(strings.Fields(args), "-out", dir), &out, io.Discard); err != nil {
			t.Fatal(err)
		}
		if out.String() != want {
			t.Errorf("%s: got %q, want %q", args, out.String(), want)
		}
		if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s: got a directory, or %v", args, err)
		}
		if listed := args != "-print"; listed != (len(asked) == 0) {
			t.Errorf("%s: got %d series", args, len(asked))
		}
	}
}

func TestDo_RefusesWhatItCannotRun(t *testing.T) {
	t.Parallel()
	boom := errors.New("boom")
	rows := []struct {
		name, args string
		want       string
	}{
		{"storms that there are not", "-only north,west", `nothing is called "west"; see -list`},
		{"a field that there is not", "-flag green", `nothing is called "green"; see -list`},
		{"what is no pattern", "-only [", `"[": syntax error in pattern`},
		{"a flag that there is not", "-nonsense", "flag provided but not defined: -nonsense"},
		{"what the command refuses", "-drop all", errAll.Error()},
		{"a run that fails", "-only north", boom.Error()},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			c := command(new([]series))
			c.Run = func(*testing.T, series) (simulation.Page, error) { return nil, boom }
			err := c.Do(t, append(strings.Fields(row.args), "-print"), io.Discard, io.Discard)
			if err == nil || err.Error() != row.want {
				t.Errorf("got error %v, want %s", err, row.want)
			}
		})
	}
}

func TestDo_TellsOfItsFlags(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	if err := command(new([]series)).Do(t, []string{"-help"}, io.Discard, &log); !errors.Is(err, flag.ErrHelp) {
		t.Errorf("got error %v, want %v", err, flag.ErrHelp)
	}
	for _, want := range []string{"Usage of breeze:", "breezes, with commas between", "flags, with commas between", "list breezes and flags", "default 5, quick 1", "one to leave out"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("got no %q in:\n%s", want, log.String())
		}
	}
}
