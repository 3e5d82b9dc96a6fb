// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package measure_test

import (
	"errors"
	"math"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/benchmarks/internal/measure"
)

func TestMedian_IsTheMiddle(t *testing.T) {
	t.Parallel()
	rows := []struct {
		name   string
		values []float64
		want   float64
	}{
		{"of one value", []float64{7}, 7},
		{"of an odd number, in any order", []float64{9, 1, 5}, 5},
		{"of an even number", []float64{4, 1, 3, 2}, 2.5},
		{"in spite of an outlier", []float64{1, 2, 1e12}, 2},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			if got := measure.Median(row.values); got != row.want {
				t.Errorf("got %v, want %v", got, row.want)
			}
		})
	}
	if got := measure.Median(nil); !math.IsNaN(got) {
		t.Errorf("got %v of nothing, want NaN", got)
	}
}

func TestQuantile_InterpolatesAndLeavesItsArgumentAlone(t *testing.T) {
	t.Parallel()
	values := []float64{30, 10, 20}
	for q, want := range map[float64]float64{0: 10, 0.25: 15, 0.5: 20, 1: 30} {
		if got := measure.Quantile(values, q); got != want {
			t.Errorf("quantile %v: got %v, want %v", q, got, want)
		}
	}
	if !slices.Equal(values, []float64{30, 10, 20}) {
		t.Errorf("got %v, want the argument as it was", values)
	}
}

func TestRatios_CompareWithinARound(t *testing.T) {
	t.Parallel()
	base := []float64{10, 20, 30}
	subject := measure.Added([]float64{15, 26, 37}, base)
	if want := []float64{5, 6, 7}; !slices.Equal(subject, want) {
		t.Fatalf("got %v added, want %v", subject, want)
	}
	other := measure.Added([]float64{20, 20, 44}, base)
	if got, want := measure.Ratios(subject, other), []float64{0.5, 0.5}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v, without the round in which the other added nothing", got, want)
	}
}

// Over as many rounds as there are subjects each has every place once.
func TestOrder_GivesEverySubjectEveryPlace(t *testing.T) {
	t.Parallel()
	const n = 5
	var places [n][n]int
	for round := range 2 * n {
		order := measure.Order(n, round, 1)
		if sorted := slices.Sorted(slices.Values(order)); !slices.Equal(sorted, []int{0, 1, 2, 3, 4}) {
			t.Fatalf("round %d: got %v, want each subject once", round, order)
		}
		for place, subject := range order {
			places[subject][place]++
		}
	}
	for subject, row := range places {
		for place, times := range row {
			if times != 2 {
				t.Errorf("subject %d had place %d %d times in two turns, want 2", subject, place, times)
			}
		}
	}
	if slices.Equal(measure.Order(n, 0, 1), measure.Order(n, n, 1)) {
		t.Error("got the same order after a whole turn, want another")
	}
	if got := measure.Order(0, 3, 1); got != nil {
		t.Errorf("got %v for no subjects, want nothing", got)
	}
}

// turns notes who has a turn. It is not safe for concurrent use.
type turns struct{ log []string }

func (l *turns) subject(name string, per time.Duration) measure.Subject {
	return measure.Subject{
		Name:   name,
		Before: func() error { l.log = append(l.log, name); return nil },
		Run: func(_, n int) error {
			for began := time.Now(); time.Since(began) < time.Duration(n)*per; {
				continue // busy, as what is measured is
			}
			return nil
		},
	}
}

func TestInterleave_TakesTurnsAndMeasures(t *testing.T) {
	t.Parallel()
	var l turns
	const rounds = 9
	subjects := []measure.Subject{l.subject("a", 10*time.Microsecond), l.subject("b", 40*time.Microsecond), l.subject("c", time.Microsecond)}
	times, err := measure.Interleave(subjects, measure.Plan{Slice: 400 * time.Microsecond, Rounds: rounds})
	if err != nil {
		t.Fatal(err)
	}
	log := l.log[len(l.log)-rounds*len(subjects):] // without the calibration
	for round := range rounds {
		turn := slices.Sorted(slices.Values(log[3*round : 3*round+3]))
		if !slices.Equal(turn, []string{"a", "b", "c"}) {
			t.Errorf("round %d: got turns %v, want one of each", round, turn)
		}
	}
	for i, ns := range times {
		if len(ns) != rounds {
			t.Errorf("subject %d: got %d slices, want %d", i, len(ns), rounds)
		}
	}
	if ratio := measure.Median(measure.Ratios(times[1], times[0])); ratio < 1.5 {
		t.Errorf("got a ratio of %.2f, want about 4, noise or not", ratio)
	}
}

func TestInterleave_RunsWorkersTogether(t *testing.T) {
	t.Parallel()
	var ran [2]atomic.Int64
	times, err := measure.Interleave([]measure.Subject{{
		Name: "both",
		Run: func(worker, n int) error {
			ran[worker].Add(int64(n))
			time.Sleep(time.Duration(n) * time.Microsecond)
			return nil
		},
	}}, measure.Plan{Slice: 200 * time.Microsecond, Rounds: 3, Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	if a, b := ran[0].Load(), ran[1].Load(); a == 0 || a != b {
		t.Errorf("got %d and %d operations of two workers, want as many of both", a, b)
	}
	if got := measure.Median(times[0]); got < 1000 {
		t.Errorf("got %.0f ns, want at least what a worker sleeps", got)
	}
}

func TestInterleave_StopsAtAnError(t *testing.T) {
	t.Parallel()
	boom := errors.New("boom")
	_, err := measure.Interleave([]measure.Subject{{Name: "broken", Run: func(int, int) error { return boom }}}, measure.Plan{})
	if !errors.Is(err, boom) {
		t.Errorf("got %v, want the subject's error", err)
	}
}

//nolint:paralleltest // counts what the whole process allocates
func TestAllocs_CountsExactly(t *testing.T) {
	var keep [][]byte
	rows := []struct {
		name         string
		op           func()
		count, bytes float64
	}{
		{"nothing", func() {}, 0, 0},
		{"one of 64 bytes", func() { keep[0] = make([]byte, 64) }, 1, 64},
		{"three of 1 KiB", func() {
			for i := range 3 {
				keep[i] = make([]byte, 1024)
			}
		}, 3, 3072},
	}
	for _, row := range rows {
		keep = make([][]byte, 3)
		count, bytes, err := measure.Allocs(1000, func(n int) error {
			for range n {
				row.op()
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		// The runtime may allocate a little on the side, even in the best of the runs.
		if math.Abs(count-row.count) > 0.01 || math.Abs(bytes-row.bytes) > 8 {
			t.Errorf("%s: got %v allocations of %v bytes, want %v of %v", row.name, count, bytes, row.count, row.bytes)
		}
	}
}
