// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package page

import (
	"math"
	"strconv"
)

// Decimals writes a number with n of them. What cannot be told is [None], and
// what takes for ever never ends.
func Decimals(n int) func(float64) string {
	return func(v float64) string {
		switch {
		case math.IsNaN(v):
			return None
		case math.IsInf(v, 1):
			return "never"
		}
		return strconv.FormatFloat(v, 'f', n, 64)
	}
}

// Seconds writes whole ones, but a median of two may lie in between.
func Seconds(v float64) string { return Decimals(-1)(v) }
