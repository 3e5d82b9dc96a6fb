// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package observe_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/surefoot-go/surefoot/observe"
)

// loggers returns an Observer that logs to both adapters, and what counts the entries
// with a text in each.
func loggers() (o observe.Observer, count func(text string) (ofZap, ofSlog int)) { //nolint:ireturn // a joint one
	core, logs := observer.New(zap.DebugLevel)
	var out bytes.Buffer
	o = observe.Join(
		observe.NewZap(zap.New(core)),
		observe.NewSlog(slog.New(slog.NewJSONHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))),
	)
	return o, func(text string) (int, int) {
		return logs.FilterMessage(text).Len(), strings.Count(out.String(), fmt.Sprintf(`"msg":%q`, text))
	}
}

// A Warn comes once, and whatever else is logged must not push it out. Hashes are
// seeded at random, so a few loggers are tried.
func TestLoggers_LoseNoWarnInAStorm(t *testing.T) {
	t.Parallel()
	for range 20 {
		synctest.Test(t, func(t *testing.T) { // all of it in one second
			o, count := loggers()
			for k := range 100 {
				for range 20 {
					o.Observe(observe.Event{Kind: observe.Rejected, Reason: observe.ReasonOpen, Key: fmt.Sprintf("https://h%d", k)})
				}
			}
			o.Observe(observe.Event{Kind: observe.CircuitOpened, Key: "https://pay.example.com"})
			if a, b := count("circuit opened"); a != 1 || b != 1 {
				t.Errorf("got %d and %d entries, want the one of a circuit that opened", a, b)
			}
		})
	}
}

// More hosts than there are slots fail at once, as when a resolver does.
func TestLoggers_WriteTheFirstTenOfEachWarn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const hosts = 1000
		o, count := loggers()
		for range 10 {
			for k := range hosts {
				o.Observe(observe.Event{Kind: observe.CircuitOpened, Key: fmt.Sprintf("https://h%d", k)})
			}
		}
		if a, b := count("circuit opened"); a != 10*hosts || b != 10*hosts {
			t.Errorf("got %d and %d entries, want the first ten of each host", a, b)
		}
	})
}

func TestLoggers_ThinOutRepeatsOfAWarn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o, count := loggers()
		for range 250 {
			o.Observe(observe.Event{Kind: observe.Misconfigured, Key: "https://h", Detail: "at each call"})
		}
		if a, b := count("misconfigured"); a != 12 || b != 12 {
			t.Errorf("got %d and %d entries, want 10 and one in a hundred of the rest", a, b)
		}
	})
}

// However many hosts are down, what is written at Debug has a bound.
func TestLoggers_BoundWhatTheyWriteAtDebug(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const events = 20 * 3000
		o, count := loggers()
		for i := range events {
			o.Observe(observe.Event{Kind: observe.Rejected, Reason: observe.ReasonOpen, Key: fmt.Sprintf("https://h%d", i%3000)})
		}
		a, b := count("attempt rejected")
		if min(a, b) < 1000 || max(a, b) > 256*10+events/100 {
			t.Errorf("got %d and %d entries of %d, want ten for each slot and one in a hundred", a, b, events)
		}
	})
}
