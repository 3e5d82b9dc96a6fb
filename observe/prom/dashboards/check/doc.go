// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Package check holds the tests of the dashboard and of the alert rules one
// directory up: that Prometheus understands every query, that every metric,
// label and value in them is one that the Collector tells, that every query of
// the dashboard shows something, and that the rules do what their tests say.
// Nothing imports it.
package check
