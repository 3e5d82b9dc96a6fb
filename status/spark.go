// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package status

import (
	"fmt"
	"strings"
)

// A spark is the drawing of a history, as paths of an SVG: successes grow up
// from a line, failures and then rejections down from it, all to one scale. So
// the three are told apart without colour.
type spark struct {
	Good, Bad, Kept string
	Label           string
}

// The drawing is sparkUp+sparkDown high, and two wide for each slot.
const (
	sparkUp   = 18
	sparkDown = 12
)

// sparkOf draws a history.
func sparkOf(h *History, c *Counts) spark {
	s := spark{Label: "nothing in the last 5 minutes"}
	if h == nil {
		return s
	}
	var up, down uint64
	for i := range slotCount {
		up, down = max(up, h.Succeeded[i]), max(down, h.Failed[i]+h.Rejected[i])
	}
	if up+down == 0 {
		return s
	}
	s.Label = fmt.Sprintf("last 5 minutes: %d succeeded, %d failed, %d rejected", c.Succeeded, c.Failed, c.Rejected)
	scale := sparkUp / float64(max(up, 1))
	if down > 0 {
		scale = min(scale, sparkDown/float64(down))
	}
	var good, kept, bad strings.Builder
	for i := range slotCount {
		bar(&good, i, sparkUp, -1, h.Succeeded[i], scale)
		height := bar(&bad, i, sparkUp, 1, h.Failed[i], scale)
		bar(&kept, i, sparkUp+height, 1, h.Rejected[i], scale)
	}
	s.Good, s.Bad, s.Kept = good.String(), bad.String(), kept.String()
	return s
}

// bar draws one bar and returns its height. One that is not nothing can be seen.
func bar(b *strings.Builder, slot int, from float64, sign int, n uint64, scale float64) float64 {
	if n == 0 {
		return 0
	}
	height := max(float64(n)*scale, 1.5)
	fmt.Fprintf(b, "M%d %.3gv%.3gh1.6V%.3gz", 2*slot, from, float64(sign)*height, from)
	return height
}
