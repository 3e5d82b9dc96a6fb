// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package storm_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/benchmarks/storm"
	"github.com/surefoot-go/surefoot/transport"
)

// drilled is what became of a drill with both crews, in the same bubbles of
// fate: calls, work and faults are those of the seeds. The jitter of the stacks
// and the fleets is not, so what is asked of these numbers here leaves room for
// it; FLEET.md has the bars themselves.
type drilled struct {
	drill storm.Drill
	book  *storm.Book[storm.FleetResult]
}

func muster(t *testing.T, label string, seeds int) drilled {
	t.Helper()
	d, ok := storm.FindDrill(label)
	if !ok {
		t.Fatalf("there is no drill %q", label)
	}
	d.After = min(d.After, 10*time.Second) // enough to come back, and to relapse
	crews := storm.Crews()[:2]
	book, err := storm.Campaign{Drills: []storm.Drill{d}, Crews: crews, Seeds: seeds, Workers: 2}.Run(t)
	if err != nil {
		t.Fatal(err)
	}
	return drilled{d, book}
}

func (d drilled) median(crew string, of func(storm.FleetResult) float64) float64 {
	return storm.Median(d.book.Values(d.drill, crew, of))
}

func (d drilled) share(of func(storm.FleetResult) float64) float64 {
	return storm.Median(d.book.Ratios(d.drill, storm.Shared, storm.Alone, of))
}

func recovery(r storm.FleetResult) float64 { return r.Recovery }
func late(r storm.FleetResult) float64     { return float64(r.Late) }
func later(r storm.FleetResult) float64    { return float64(r.Later) }
func fresh(r storm.FleetResult) float64    { return r.Fresh }

// A host that is down gets a twentieth of the attempts after the first second,
// and is found again as soon, also where a few instances do not find it. A second
// is what a single run is off by at times.
func TestMuster_SharingSparesAHostThatIsDown(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		label string
		seeds int
		after func(storm.FleetResult) float64
	}{
		{"outage503, 200 instances", 3, late},
		{"retry-after, 200 instances", 2, late},
		{"three-stay-off, 200 instances", 2, late},
		{"hang, 200 instances", 2, later}, // in the first second of which no attempt has failed yet
	} {
		d := muster(t, row.label, row.seeds)
		if got := d.share(row.after); got > 0.05 || math.IsNaN(got) {
			t.Errorf("%s: got %.1f %% of the attempts, want 5 at the most", row.label, 100*got)
		}
		if got, alone := d.median(storm.Shared, recovery), d.median(storm.Alone, recovery); got > alone+1 {
			t.Errorf("%s: got a recovery after %v s, alone after %v", row.label, got, alone)
		}
		if got := d.median(storm.Shared, func(r storm.FleetResult) float64 { return r.Half }); got > 3 {
			t.Errorf("%s: half of the instances knew after %v s", row.label, got)
		}
	}
}

func TestMuster_NobodyElseSuffers(t *testing.T) {
	t.Parallel()
	for _, label := range []string{
		"one-cut-off, 20 instances", "three-cut-off, 200 instances", "five-cut-off, 20 instances",
		"host-down-503, 20 instances",
	} {
		d := muster(t, label, 2)
		for seed, r := range d.book.Results(d.drill, storm.Shared) {
			if r.OthersOK != 1 || r.Wrong != 0 || r.Denied != 0 {
				t.Errorf("%s, seed %d: got %.4f of the calls of others through, %d wrong openings, %d wrong rejections, want all and none",
					label, seed, r.OthersOK, r.Wrong, r.Denied)
			}
			if r.Down == 0 {
				t.Errorf("%s, seed %d: nobody called the host that is down", label, seed)
			}
		}
	}
}

func TestMuster_NothingOpensWithoutAnOutage(t *testing.T) {
	t.Parallel()
	for _, label := range []string{"blip, 20 instances", "blip, 200 instances", "steady, 20 instances"} {
		d := muster(t, label, 2)
		for seed, r := range d.book.Results(d.drill, storm.Shared) {
			if r.InsideOK < 0.99 || r.Wrong != 0 || r.Denied != 0 || !math.IsNaN(r.Half) {
				t.Errorf("%s, seed %d: got %.4f of the calls through, %d openings, %d rejections, want 0.99 and none",
					label, seed, r.InsideOK, r.Wrong, r.Denied)
			}
			if r.Quiet == 0 || r.Quiet > 25*float64(d.drill.Clients)/20 {
				t.Errorf("%s, seed %d: got %.0f messages a second while nothing happens", label, seed, r.Quiet)
			}
		}
	}
}

func TestMuster_ItIsAsAloneWithoutAnEngine(t *testing.T) {
	t.Parallel()
	d := muster(t, "engine-gone, 200 instances", 2)
	if got := d.share(late); math.Abs(got-1) > 0.03 {
		t.Errorf("got %.3f of the attempts, want as many", got)
	}
	if got, alone := d.median(storm.Shared, recovery), d.median(storm.Alone, recovery); got != alone {
		t.Errorf("got a recovery after %v s, alone after %v", got, alone)
	}
	for _, r := range d.book.Results(d.drill, storm.Shared) {
		if r.Busy != 0 {
			t.Errorf("got %v messages a second through an engine that is gone", r.Busy)
		}
	}
	d = muster(t, "engine-late, 200 instances", 1)
	for _, r := range d.book.Results(d.drill, storm.Shared) { // back 10 s after the beginning, at second 25
		if before, after := sum(r.SentBy[200:250]), sum(r.SentBy[350:400]); after > before/10 {
			t.Errorf("got %d attempts in 5 s before the engine is back, and %d from 10 s after on, want next to none", before, after)
		}
	}
}

func sum(values []int) int {
	n := 0
	for _, v := range values {
		n += v
	}
	return n
}

// Those that start in an outage know at once: they make no attempts but for the
// probes of all.
func TestMuster_NewInstancesKnow(t *testing.T) {
	t.Parallel()
	d := muster(t, "rolling, 20 instances", 2)
	if got, alone := d.median(storm.Shared, fresh), d.median(storm.Alone, fresh); got > 2.5 || alone < 20 {
		t.Errorf("got %.1f attempts of each new instance, alone %.1f, want hardly any, and many", got, alone)
	}
}

// What the instances see and what the network sees is the same.
func TestMuster_CountsWhatIsSent(t *testing.T) {
	t.Parallel()
	d := muster(t, "outage503, 20 instances", 1)
	for _, crew := range []string{storm.Alone, storm.Shared} {
		r := d.book.Results(d.drill, crew)[0]
		from, to := int(r.From/storm.Tick), int(r.To/storm.Tick)
		if inside := sum(r.SentBy[from:to]); inside != r.Down || inside != int(math.Round(r.Attempts*float64(r.CallsInside))) {
			t.Errorf("%s: got %d and %d attempts, the network %v", crew, inside, r.Down, r.Attempts*float64(r.CallsInside))
		}
		if r.Late > r.Down || r.Later > r.Late || r.Probes > r.Late || r.Probes == 0 {
			t.Errorf("%s: got %d, %d and %d attempts, %d of them probes", crew, r.Down, r.Late, r.Later, r.Probes)
		}
		if most := r.OpenBy[to-1]; most != d.drill.Clients || r.OpenBy[from-1] != 0 || r.OpenBy[len(r.OpenBy)-1] != 0 {
			t.Errorf("%s: got %d open circuits at the end of the outage, want all, and none before and in the end", crew, most)
		}
		if messages := r.Busy + r.Quiet; (crew == storm.Shared) != (messages > 0) {
			t.Errorf("%s: got %v messages a second", crew, messages)
		}
	}
}

func TestKnew_IsTheTimeOfTheLastOfAShare(t *testing.T) {
	t.Parallel()
	s := time.Second
	rows := []struct {
		name   string
		share  float64
		known  []time.Duration
		called []bool
		want   float64
	}{
		{"half of four", 0.5, []time.Duration{4 * s, s, 3 * s, 2 * s}, []bool{true, true, true, true}, 2},
		{"half of three is two", 0.5, []time.Duration{4 * s, s, 3 * s}, []bool{true, true, true}, 3},
		{"all", 1, []time.Duration{4 * s, s, 3 * s}, []bool{true, true, true}, 4},
		{"who does not call need not know", 1, []time.Duration{4 * s, s, storm.Never}, []bool{false, true, false}, 1},
		{"one never knows", 1, []time.Duration{s, storm.Never}, []bool{true, true}, math.Inf(1)},
		{"but half do", 0.5, []time.Duration{s, storm.Never}, []bool{true, true}, 1},
		{"nobody calls", 1, []time.Duration{storm.Never}, []bool{false}, math.NaN()},
	}
	for _, row := range rows {
		got := storm.Knew(row.share, row.known, row.called)
		if got != row.want && !(math.IsNaN(got) && math.IsNaN(row.want)) {
			t.Errorf("%s: got %v, want %v", row.name, got, row.want)
		}
	}
}

func TestMuster_TellsWhatCannotBeBuilt(t *testing.T) {
	t.Parallel()
	d, _ := storm.FindDrill("steady, 20 instances")
	for _, shared := range []bool{false, true} {
		crew := storm.Crew{Name: "broken", Shared: shared, Options: []transport.Option{transport.WithAttemptTimeout(-1)}}
		_, err := storm.Campaign{Drills: []storm.Drill{d}, Crews: []storm.Crew{crew}, Seeds: 1}.Run(t)
		if err == nil || !strings.Contains(err.Error(), "steady, 20 instances/broken/0") || !strings.Contains(err.Error(), "WithAttemptTimeout") {
			t.Errorf("got %v, want the mistake, and where", err)
		}
	}
}

func TestDrills_HaveLabelsOfTheirOwn(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, d := range storm.Drills() {
		if seen[d.Label()] || d.Text == "" || d.Clients == 0 || d.Latency == 0 {
			t.Errorf("got %q twice, or without a text, instances or a latency", d.Label())
		}
		seen[d.Label()] = true
		if d.Struck > 0 && d.Struck >= d.Clients {
			t.Errorf("%s: nobody is left that the fault does not befall", d.Label())
		}
	}
}

func TestScenario_StrikesTheFirstClientsOnly(t *testing.T) {
	t.Parallel()
	s := short(t, "refused")
	s.Struck = 5
	r := weather(t, s, bare)
	if r.OthersOK != 1 || math.Abs(r.InsideOK-0.75) > 0.08 {
		t.Errorf("got %.3f of the calls through and %.3f of others, want three quarters and all", r.InsideOK, r.OthersOK)
	}
}
