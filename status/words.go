// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package status

import (
	"strconv"
	"strings"
	"time"

	"github.com/surefoot-go/surefoot/classify"
	"github.com/surefoot-go/surefoot/observe"
)

// maxText bounds texts that a layer which is not ours may have made.
const maxText = 200

// eventOf returns what the feed keeps of an event.
func eventOf(e *observe.Event, id uint64, at time.Time) Event {
	ev := Event{
		ID: id, At: at, Last: at, Count: 1, Kind: e.Kind.String(), Key: clean(e.Key, maxKeyLen),
		Attempt: e.Attempt, Status: e.Status, Reason: clean(string(e.Reason), maxText),
		WaitMS: e.Wait.Milliseconds(), Limit: e.Limit, Detail: clean(e.Detail, maxText), Fleet: e.Fleet,
	}
	if e.Method != "" && !isChange(e.Kind) { // a circuit is not of one method
		ev.Method = knownMethod(e.Method)
	}
	if e.Verdict.Reason != classify.ReasonNone {
		ev.Verdict = e.Verdict.Reason.String()
	}
	ev.Text = describe(e, &ev)
	return ev
}

// clean cuts a text, and replaces what is not UTF-8, which neither HTML nor JSON
// can carry.
func clean(s string, limit int) string {
	return strings.Clone(strings.ToValidUTF8(s[:min(len(s), limit)], "\uFFFD"))
}

// describe puts an event in words.
func describe(e *observe.Event, ev *Event) string {
	switch e.Kind {
	case observe.RetryScheduled:
		return "attempt " + strconv.Itoa(e.Attempt) + ": " + outcome(ev.Status, ev.Verdict) + "; next in " + duration(e.Wait)
	case observe.RetrySuppressed:
		return "attempt " + strconv.Itoa(e.Attempt) + ": " + outcome(ev.Status, ev.Verdict) + "; not retried: " + people(ev.Reason)
	case observe.Rejected:
		text := "not sent: " + people(ev.Reason)
		if e.Wait > 0 {
			text += ", for another " + duration(e.Wait)
		}
		return text
	case observe.CircuitOpened:
		text := "circuit opened" + by(e)
		if e.Context != nil || e.Wait > 0 {
			text += " for " + duration(e.Wait)
		}
		return text
	case observe.CircuitHalfOpened:
		return "circuit half-opened: a probe is sent"
	case observe.CircuitClosed:
		return "circuit closed" + by(e)
	case observe.Hedged:
		return "no answer after " + duration(e.Wait) + ": a hedge is sent"
	case observe.HedgeSuppressed:
		return "the answer is late; no hedge: " + people(ev.Reason)
	case observe.LimitChanged:
		if e.Limit == 0 {
			return "the limit is gone"
		}
		return "the limit is " + strconv.Itoa(e.Limit) + " in flight"
	case observe.CoolDownStarted:
		if e.Fleet {
			return "the server asked others of the fleet to wait " + duration(e.Wait)
		}
		return "the server asked everybody to wait " + duration(e.Wait)
	case observe.FleetLost:
		return "the fleet is out of reach; circuits go on alone"
	case observe.FleetFound:
		return "the fleet is back after " + duration(e.Duration)
	case observe.BodyFailed:
		return outcome(ev.Status, ev.Verdict) + "; its body broke while it was read"
	case observe.Misconfigured:
		return ev.Detail
	case observe.KindNone, observe.AttemptFinished, observe.CallFinished, observe.KeyAssigned:
	}
	return ev.Kind
}

// by says who has made a change, if no call has.
func by(e *observe.Event) string {
	if e.Context == nil && e.Detail != "" {
		return " " + clean(e.Detail, maxText)
	}
	return ""
}

// outcome names what an attempt ended in.
func outcome(status int, verdict string) string {
	if status != 0 {
		return strconv.Itoa(status)
	}
	if verdict == "" {
		return "failed"
	}
	return people(verdict)
}

// people turns a label into words.
func people(label string) string { return strings.ReplaceAll(label, "_", " ") }

// duration writes a time in two or three digits.
func duration(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return "0 ms"
	case d < time.Second:
		return strconv.FormatInt(d.Milliseconds(), 10) + " ms"
	case d < 10*time.Second:
		return strconv.FormatFloat(d.Seconds(), 'f', 1, 64) + " s"
	case d < 2*time.Minute:
		return strconv.FormatInt(int64(d/time.Second), 10) + " s"
	case d < 2*time.Hour:
		return strconv.FormatInt(int64(d/time.Minute), 10) + " min"
	}
	return strconv.FormatInt(int64(d/time.Hour), 10) + " h"
}

// ago says how long something is past.
func ago(d time.Duration) string {
	if d < time.Second {
		return "just now"
	}
	if d < time.Minute {
		return strconv.FormatInt(int64(d/time.Second), 10) + " s ago"
	}
	return duration(d) + " ago"
}

// number groups the digits of n by narrow spaces.
func number(n uint64) string {
	s := strconv.FormatUint(n, 10)
	for at := len(s) - 3; at > 0; at -= 3 {
		s = s[:at] + "\u202F" + s[at:]
	}
	return s
}
