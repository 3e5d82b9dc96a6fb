// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package storm_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/benchmarks/storm"
)

func TestTournament_RunsEverybodyOnce(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	scenarios := []storm.Scenario{short(t, "steady"), short(t, "tail")}
	for i := range scenarios {
		scenarios[i].After = time.Second
	}
	book, err := storm.Tournament{Scenarios: scenarios, Contenders: storm.Contenders(), Seeds: 2, Workers: 2, Log: &log}.Run(t)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range scenarios {
		for _, c := range storm.Contenders() {
			want := 2
			if !c.In(s) {
				want = 0
			}
			results := book.Results(s, c.Name)
			if len(results) != want {
				t.Errorf("%s, %s: got %d results, want %d", s.Label(), c.Name, len(results), want)
			}
			for _, r := range results {
				if r.Success < 0.999 {
					t.Errorf("%s, %s: got %.3f of the calls through on a quiet day", s.Label(), c.Name, r.Success)
				}
			}
		}
		if !strings.Contains(log.String(), s.Label()) {
			t.Errorf("the log does not tell of %s: %s", s.Label(), log.String())
		}
	}
}

func TestTournament_TellsWhoCannotBeBuilt(t *testing.T) {
	t.Parallel()
	failure := errors.New("no")
	broken := storm.Contender{Name: "broken", Build: func(http.RoundTripper) (http.RoundTripper, error) { return nil, failure }}
	_, err := storm.Tournament{Scenarios: []storm.Scenario{short(t, "steady")}, Contenders: []storm.Contender{broken}, Seeds: 3, Workers: 2}.Run(t)
	if !errors.Is(err, failure) || !strings.Contains(err.Error(), "steady/broken") {
		t.Errorf("got %v, want the error of the contender, and where", err)
	}
}
