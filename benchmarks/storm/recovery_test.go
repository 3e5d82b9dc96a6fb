// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package storm_test

import (
	"math"
	"slices"
	"testing"

	"github.com/surefoot-go/surefoot/benchmarks/storm"
)

func TestRecovery_IsFromWhenItIsGoodForGood(t *testing.T) {
	t.Parallel()
	never := math.Inf(1)
	rows := []struct {
		name string
		good []int // of 100 offered a second, from the end of the fault on
		want float64
	}{
		{"at once", []int{100, 100, 100, 100, 100}, 0},
		{"after a second", []int{40, 100, 100, 100, 100}, 1},
		{"a bad second is not made good by those after it", []int{86, 105, 105, 100, 100}, 1},
		{"noise is forgiven", []int{100, 93, 102, 100, 91, 104, 96, 100}, 0},
		{"a little too little is too little", []int{94, 94, 94, 94, 94, 94}, never},
		{"a relapse counts", []int{100, 100, 10, 100, 100, 100}, 3},
		{"a second of nothing spoils those whose mean it is in", []int{100, 100, 100, 0, 150, 150, 100, 100}, 4},
		{"never", []int{0, 0, 0, 0, 0}, never},
		{"a relapse at the end", []int{100, 100, 100, 100, 0}, never},
	}
	for _, row := range rows {
		offered := slices.Repeat([]int{100}, 2+len(row.good))
		good := append([]int{0, 0}, row.good...)
		if got := storm.Recovery(offered, good, 2); got != row.want {
			t.Errorf("%s: got %v, want %v", row.name, got, row.want)
		}
	}
}

func TestMedian_LeavesNothingOutButNaN(t *testing.T) {
	t.Parallel()
	inf := math.Inf(1)
	rows := []struct {
		name   string
		values []float64
		want   float64
	}{
		{"odd", []float64{3, 1, 2}, 2},
		{"even", []float64{4, 1, 2, 3}, 2.5},
		{"mostly never", []float64{1, inf, inf}, inf},
		{"half never", []float64{1, inf}, inf},
		{"never and never", []float64{inf, inf}, inf},
		{"seldom never", []float64{1, inf, 2}, 2},
		{"some without a value", []float64{math.NaN(), 7}, 7},
	}
	for _, row := range rows {
		if got := storm.Median(row.values); got != row.want {
			t.Errorf("%s: got %v, want %v", row.name, got, row.want)
		}
	}
	if got := storm.Median(nil); !math.IsNaN(got) {
		t.Errorf("got %v of nothing, want NaN", got)
	}
}
