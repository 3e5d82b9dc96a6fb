// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package status

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/surefoot-go/surefoot/observe"
)

// Where the clock is set back, by NTP or when a virtual machine goes on, what the feed
// holds is from the future. It must not swallow the repeats until then.
func TestFeed_AClockThatIsSetBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFeed()
		e := observe.Event{Kind: observe.Rejected, Key: "http://x", Reason: observe.ReasonOpen}
		f.add(&e)
		f.add(&e) // a repeat all the same
		f.at(1).At = f.at(1).At.Add(time.Hour)
		f.at(1).Last = f.at(1).Last.Add(time.Hour)
		for range 3 {
			<-time.NewTimer(10 * time.Second).C
			f.add(&e)
		}
		events, _ := f.since(0)
		if len(events) != 4 || events[0].Count != 2 {
			t.Errorf("got %d lines, the first of %d, want 4 of events 10 s apart, the first of 2", len(events), events[0].Count)
		}
		for _, e := range events {
			if e.At.String() != wall(e.At).String() || e.Last.String() != wall(e.Last).String() {
				t.Errorf("got %v and %v, want times for people", e.At, e.Last)
			}
		}
	})
}
