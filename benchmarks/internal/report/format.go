// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/surefoot-go/surefoot/benchmarks/internal/page"
)

// A format writes a number for people.
type format func(float64) string

// guarded writes what is no number as [page.None], and what rounds to zero as 0.
func guarded(f format) format {
	return func(v float64) string {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return page.None
		}
		if s := f(v); strings.Trim(s, "-0.") != "" {
			return s
		}
		return "0"
	}
}

func decimals(n int) format {
	return guarded(func(v float64) string { return strconv.FormatFloat(v, 'f', n, 64) })
}

// nanoseconds are written as whole ones, and as microseconds from ten on.
func nanoseconds(v float64) string {
	return guarded(func(v float64) string {
		if math.Abs(v) < 9_999.5 {
			return strconv.FormatFloat(v, 'f', 0, 64)
		}
		return strconv.FormatFloat(v/1000, 'f', 0, 64) + " µs"
	})(v)
}

func ratio(v float64) string {
	if math.Abs(v) >= 9.95 {
		return decimals(0)(v)
	}
	return decimals(2)(v)
}

// count is exact, so whole numbers have no decimals.
func count(v float64) string {
	if math.Abs(v-math.Round(v)) < 0.015 {
		return decimals(0)(v)
	}
	return decimals(2)(v)
}

func bytes(v float64) string {
	return guarded(func(v float64) string {
		const kib, mib = 1 << 10, 1 << 20
		switch size := math.Abs(v); {
		case size >= mib:
			return fmt.Sprintf("%.1f MiB", v/mib)
		case size >= 10*kib:
			return fmt.Sprintf("%.0f KiB", v/kib)
		}
		return fmt.Sprintf("%.0f B", v)
	})(v)
}
