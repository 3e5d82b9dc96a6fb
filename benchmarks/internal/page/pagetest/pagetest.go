// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Package pagetest looks into what pages hold.
package pagetest

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing" //nolint:depguard // for tests only
)

// Elements returns how many elements of each name a picture has. One that is not
// well-formed ends the test.
func Elements(tb testing.TB, svg string) map[string]int {
	tb.Helper()
	count := map[string]int{}
	d := xml.NewDecoder(strings.NewReader(svg))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return count
		}
		if err != nil {
			tb.Fatalf("not well-formed: %v", err)
		}
		if e, ok := token.(xml.StartElement); ok {
			count[e.Name.Local]++
		}
	}
}
