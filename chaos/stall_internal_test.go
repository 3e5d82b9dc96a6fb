// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package chaos

import (
	"testing"
	"time"
)

func TestStalls_CountWhatACallLost(t *testing.T) {
	t.Parallel()
	at := func(ms int) time.Time { return time.UnixMilli(int64(ms)) }
	s := stalls{all: []span{{at(100), at(200)}, {at(400), at(1400)}, {at(2000), at(2100)}}}
	for _, test := range []struct{ from, to, want int }{
		{0, 50, 0},
		{0, 100, 0},
		{0, 150, 50},
		{120, 150, 30},
		{150, 500, 150},
		{200, 400, 0},
		{0, 5000, 1200},
		{1400, 2000, 0},
		{1399, 2001, 2},
		{3000, 4000, 0},
	} {
		got := s.lost(span{at(test.from), at(test.to)})
		if want := time.Duration(test.want) * time.Millisecond; got != want {
			t.Errorf("from %d to %d: got %s, want %s", test.from, test.to, got, want)
		}
	}
}
