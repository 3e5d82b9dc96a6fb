// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package status

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/surefoot-go/surefoot/classify"
	"github.com/surefoot-go/surefoot/observe"
)

// A column that few have is there when somebody has it.
func TestView_ShowsLimits(t *testing.T) {
	t.Parallel()
	p := Handler(nil)
	defer p.Close()
	v := p.view(filter{page: 1})
	v.Totals.Keys, v.Matching = 2, 2
	keys := []Key{{Key: "a", Limit: &Limit{Limit: 10, InFlight: 7, Waiting: 3, CoolDownMS: 4000}}, {Key: "b"}}
	for _, limits := range []bool{false, true} {
		v.Limits, v.Rows = limits, nil
		for _, k := range keys {
			v.Rows = append(v.Rows, rowOf(k, v.At))
		}
		var b strings.Builder
		if err := templates().ExecuteTemplate(&b, "live", v); err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"In flight", "7 of 10", "3 waiting", "cools down, 4.0 s"} {
			if strings.Contains(b.String(), want) != limits {
				t.Errorf("with limits %v: got %q %v", limits, want, !limits)
			}
		}
		if heads, cells := strings.Count(b.String(), "<th scope=\"col\""), strings.Count(b.String(), "<td "); cells != 2*(heads-1) {
			t.Errorf("with limits %v: got %d cells under %d heads", limits, cells, heads)
		}
	}
}

func TestRow_SaysHowItStands(t *testing.T) {
	t.Parallel()
	at := time.Unix(1_000_000, 0)
	rows := []struct {
		key                     Key
		note, tone, level, last string
	}{
		{key: Key{Circuit: Circuit{State: "closed"}}, level: "full"},
		{key: Key{Circuit: Circuit{State: "closed", Forced: true}, Budget: &Budget{Tokens: 0.95}}, note: "by hand", level: "0.9"},
		{key: Key{Circuit: Circuit{State: "open", RetryAfterMS: 800}}, note: "probe in 800 ms", tone: "down", level: "full"},
		{key: Key{Circuit: Circuit{State: "open"}}, note: "probe due", tone: "down", level: "full"},
		{key: Key{Circuit: Circuit{State: "half-open"}, Trouble: true}, note: "probing", tone: "trouble", level: "full"},
		{key: Key{Circuit: Circuit{State: "open", Fleet: true}}, note: "by the fleet, probe due", tone: "down", level: "full"},
		{key: Key{Errors: []Error{{At: at, Method: "GET", Status: 503, Reason: "status"}}}, level: "full", last: "GET 503 just now"},
		{key: Key{Errors: []Error{{At: at.Add(-time.Hour), Method: "PUT", Reason: "no_such_host"}}}, level: "full", last: "PUT no such host 60 min ago"},
		{key: Key{Errors: []Error{{At: at.Add(-5 * time.Second), Method: "GET", Status: 200, Kind: "body_failed"}}}, level: "full", last: "GET 200, body broke 5 s ago"},
		{key: Key{Errors: []Error{{At: at, Method: "GET", Status: 402, Reason: "body_code"}}}, level: "full", last: "GET 402, body code just now"},
	}
	for _, row := range rows {
		got := rowOf(row.key, at)
		if last := strings.TrimSpace(got.LastWhat + " " + got.LastAt); got.Note != row.note || got.Tone != row.tone || got.Level != row.level || last != row.last {
			t.Errorf("got %q, %q, %q, %q, want %+v", got.Note, got.Tone, got.Level, last, row)
		}
	}
}

// Every kind of event that is shown has its words, and a tag of its own on the
// page and in the script.
func TestDescribe(t *testing.T) {
	t.Parallel()
	want := map[observe.Kind]string{
		observe.RetryScheduled:    "attempt 2: 503; next in 1.5 s",
		observe.RetrySuppressed:   "attempt 2: 503; not retried: not idempotent",
		observe.CircuitOpened:     "circuit opened for 1.5 s",
		observe.CircuitHalfOpened: "circuit half-opened: a probe is sent",
		observe.CircuitClosed:     "circuit closed",
		observe.Rejected:          "not sent: not idempotent, for another 1.5 s",
		observe.Hedged:            "no answer after 1.5 s: a hedge is sent",
		observe.HedgeSuppressed:   "the answer is late; no hedge: not idempotent",
		observe.LimitChanged:      "the limit is 7 in flight",
		observe.CoolDownStarted:   "the server asked everybody to wait 1.5 s",
		observe.FleetLost:         "the fleet is out of reach; circuits go on alone",
		observe.FleetFound:        "the fleet is back after 12 s",
		observe.BodyFailed:        "503; its body broke while it was read",
		observe.Misconfigured:     "a sentence",
	}
	synctest.Test(t, func(t *testing.T) {
		p := Handler(nil)
		defer p.Close()
		for kind := observe.KindNone; kind <= observe.Misconfigured; kind++ {
			p.recorder.Observe(observe.Event{
				Kind: kind, Key: "a", Attempt: 2, Status: 503, Wait: 1500 * time.Millisecond, Limit: 7, Context: t.Context(),
				Verdict: classify.Verdict{Class: classify.Retryable, Reason: classify.ReasonStatus},
				Reason:  observe.ReasonNotIdempotent, Detail: "a sentence",
				Duration: 12 * time.Second,
			})
		}
		events, _ := p.recorder.feed.since(0)
		if len(events) != len(want) {
			t.Errorf("got %d events, want %d", len(events), len(want))
		}
		for _, e := range events {
			for kind, text := range want {
				if kind.String() == e.Kind && text != e.Text {
					t.Errorf("%s: got %q, want %q", e.Kind, e.Text, text)
				}
			}
			tag, tone := tagOf(e.Kind)
			if entry := e.Kind + ": [\"" + tag + "\", \"" + tone + "\"]"; !strings.Contains(pageJS, entry) {
				t.Errorf("got no %s in the script", entry)
			}
		}
		p.recorder.Observe(observe.Event{Kind: observe.CircuitOpened, Detail: "by hand"})
		p.recorder.Observe(observe.Event{Kind: observe.LimitChanged})
		for _, kind := range []observe.Kind{observe.CircuitOpened, observe.CircuitClosed, observe.CoolDownStarted} {
			p.recorder.Observe(observe.Event{Kind: kind, Detail: "by the fleet", Fleet: true, Wait: time.Second})
		}
		events, _ = p.recorder.feed.since(uint64(len(want)))
		var got []string
		for _, e := range events {
			got = append(got, e.Text)
			if e.Fleet != strings.Contains(e.Text, "fleet") {
				t.Errorf("%s: got fleet %v", e.Text, e.Fleet)
			}
		}
		if !slices.Equal(got, []string{
			"circuit opened by hand", "the limit is gone", "circuit opened by the fleet for 1.0 s",
			"circuit closed by the fleet", "the server asked others of the fleet to wait 1.0 s",
		}) {
			t.Errorf("got %q", got)
		}
	})
}

func TestWords(t *testing.T) {
	t.Parallel()
	for want, got := range map[string]string{
		"0 ms": duration(5), "12 ms": duration(12 * time.Millisecond), "1.2 s": duration(1234 * time.Millisecond),
		"61 s": duration(61 * time.Second), "3 min": duration(3 * time.Minute), "5 h": duration(5*time.Hour + time.Minute),
		"0": number(0), "999": number(999), "1\u202F000": number(1000), "12\u202F345\u202F678": number(12_345_678),
		"just now": ago(-5), "59 s ago": ago(59 * time.Second), "119 s ago": ago(119 * time.Second), "failed": outcome(0, ""),
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if got := pageCSS + pageJS; strings.Contains(got, "</s") || strings.Contains(got, "://") {
		t.Error("got an end of an element, or an address, in the style or script")
	}
}
