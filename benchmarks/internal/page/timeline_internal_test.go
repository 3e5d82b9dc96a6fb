// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package page

import (
	"slices"
	"strings"
	"testing"
)

func TestTimeline_PutsThingsInTheirPlaces(t *testing.T) {
	t.Parallel()
	svg := Timeline{
		Title: "a < b", Note: "note", Begin: 10, Step: 0.5, From: 11, To: 99, Tick: 1,
		Lines:  []TimelineLine{{Who: "other", Class: "l2"}, {Who: "ours", Class: "l0"}},
		Panels: []TimelinePanel{{Title: "first", Level: 10, Values: [][]int{{0, 20, 0, 0}, {10, 10, 10, 10}}}, {Title: "second", Level: 1, Values: [][]int{{0, 0, 0, 0}, {1, 1, 1, 1}}}},
	}.SVG()
	for _, want := range []string{
		"<title>a &lt; b</title>", ">10 s<", ">11 s<", ">first<", ">second<",
		// From the middle to the right edge, and no further.
		`<rect class="fault" x="400.0" y="84" width="348.0" height="170"/>`,
		// The values of the last line are in the middle of the scale, and of their steps.
		`points="139.0,169.0 313.0,169.0 487.0,169.0 661.0,169.0 "`,
	} {
		if !strings.Contains(svg, want) {
			t.Errorf("got no %q in:\n%s", want, svg)
		}
	}
	if ours, other := strings.Index(svg, ">ours<"), strings.Index(svg, ">other<"); ours < 0 || other < ours {
		t.Error("the last line does not come first in the legend")
	}
}

func TestTimelinePanel_HasRoomForItsLevels(t *testing.T) {
	t.Parallel()
	p := TimelinePanel{Level: 400}
	if got := p.levels(458); !slices.Equal(got, []int{0, 400}) {
		t.Errorf("got %v, which are too near to each other", got)
	}
	if got := p.levels(900); !slices.Equal(got, []int{0, 400, 900}) {
		t.Errorf("got %v", got)
	}
}
