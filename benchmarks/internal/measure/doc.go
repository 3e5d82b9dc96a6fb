// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Package measure times things side by side on a machine that is not quiet.
//
// # Slices
//
// A benchmark that runs one subject after the other measures the weather as
// well: a neighbour that wakes up for a second slows down whoever has its turn.
// [Interleave] therefore gives each subject a slice of a few milliseconds in
// every round, in an order that changes from round to round, and compares only
// what was measured in the same round. What is left of the noise is outliers,
// which medians leave out.
//
// # Garbage
//
// The collector runs before each slice and is charged to nobody: were it not,
// the subject that allocates nothing would pay, in its own slice, for what its
// predecessor left. A slice is too short for the collector to run inside of it
// often, so allocations cost their subject little more than the allocating.
// That favours those that allocate; [Allocs] counts what they allocate.
package measure
