// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package measure

import (
	"math"
	"runtime"
	"runtime/debug"
)

// repeats is how often allocations are counted. The least is what the
// operation itself allocates; what exceeds it came from elsewhere in the
// runtime.
const repeats = 3

// Allocs returns how many allocations and bytes one operation makes, as the
// mean of n. Nothing is timed: the collector is off, so that no pool is emptied,
// and one goroutine runs at a time. Allocations of goroutines that the
// operation starts count, as far as they come before the end of the last
// operation.
func Allocs(n int, run func(n int) error) (count, bytes float64, err error) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	runtime.GC()
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	if err := run(n/8 + 1); err != nil {
		return 0, 0, err
	}
	count, bytes = math.Inf(1), math.Inf(1)
	var before, after runtime.MemStats
	for range repeats {
		runtime.ReadMemStats(&before)
		if err := run(n); err != nil {
			return 0, 0, err
		}
		runtime.ReadMemStats(&after)
		count = min(count, float64(after.Mallocs-before.Mallocs)/float64(n))
		bytes = min(bytes, float64(after.TotalAlloc-before.TotalAlloc)/float64(n))
	}
	return count, bytes, nil
}
