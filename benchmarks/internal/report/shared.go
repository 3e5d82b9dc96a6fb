// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package report

import "strings"

// None stands where there is no number.
const None = none

// Table writes a Markdown table, for another page. The first column is text and
// the others are numbers.
func Table(b *strings.Builder, header []string, rows [][]string) { table(b, header, rows) }

// Escape writes text for the inside of an element of SVG.
func Escape(s string) string { return escape(s) }
