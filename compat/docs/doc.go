// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Package docs checks the pages of this project, so that they say what is so:
// code on a page is code that a test runs, a number that comes out of a
// benchmark is the one that is there, and a link leads somewhere.
//
// # Code
//
// A block of Go on a page that needs it (docs, and every README.md) has a line
// before it that tells where it comes from:
//
//	<!-- code: compat/docs/payments_test.go outcome -->
//
// The block has to equal what is between
//
//	// docs:begin outcome
//	// docs:end outcome
//
// in that file, without the indentation and as gofmt writes it. The file has to
// be part of what a test runs: its package has tests, or a package with tests
// imports it; and in a test file, the region is in a test, in an example that
// has an output, or in something that these use.
//
// # Numbers
//
// A table with a line before it such as
//
//	<!-- table: benchmarks/STORMS.md outage503 -->
//
// holds rows and columns of the table under that heading of that page, in any
// order, and no other numbers.
package docs
