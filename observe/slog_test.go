// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package observe_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/surefoot-go/surefoot/observe"
)

// traced is a handler that reads the context, as those of tracing libraries do.
type traced struct {
	slog.Handler
	seen *[]context.Context
}

func (h traced) Handle(ctx context.Context, r slog.Record) error {
	*h.seen = append(*h.seen, ctx)
	return h.Handler.Handle(ctx, r) //nolint:wrapcheck // a test's own
}

func (h traced) WithGroup(name string) slog.Handler {
	return traced{h.Handler.WithGroup(name), h.seen}
}

func TestSlog_WritesWhatZapDoes(t *testing.T) {
	t.Parallel()
	for kind := observe.KindNone; kind <= observe.Misconfigured+1; kind++ {
		core, logs := observer.New(zap.DebugLevel)
		observe.NewZap(zap.New(core)).Observe(full(kind))
		var out bytes.Buffer
		var contexts []context.Context
		handler := slog.NewJSONHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug, AddSource: true})
		observe.NewSlog(slog.New(traced{handler, &contexts})).Observe(full(kind))

		if logs.Len() == 0 {
			if out.Len() != 0 {
				t.Errorf("%v: got %s, want nothing, as from zap", kind, &out)
			}
			continue
		}
		want := logs.All()[0]
		var got struct {
			Level, Msg string
			Source     any
			Surefoot   map[string]any
		}
		if err := json.Unmarshal(out.Bytes(), &got); err != nil {
			t.Fatalf("%v: %v of %s", kind, err, &out)
		}
		if got.Msg != want.Message || !strings.EqualFold(got.Level, want.Level.String()) {
			t.Errorf("%v: got %q at %v, want %q at %v, as from zap", kind, got.Msg, got.Level, want.Message, want.Level)
		}
		var fields map[string]any // as JSON has them
		text, err := json.Marshal(want.ContextMap())
		if err != nil || json.Unmarshal(text, &fields) != nil {
			t.Fatalf("%v of %s", err, text)
		}
		if !reflect.DeepEqual(got.Surefoot, fields) {
			t.Errorf("%v: got fields %v, want %v, as from zap", kind, got.Surefoot, fields)
		}
		if len(contexts) != 1 || contexts[0] != full(kind).Context {
			t.Errorf("%v: got contexts %v, want that of the call", kind, contexts)
		}
	}
}

func TestSlog_TakesEventsThatBelongToNoCall(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	observe.NewSlog(slog.New(slog.NewTextHandler(&out, nil))).Observe(observe.Event{Kind: observe.Misconfigured, Detail: "twice"})
	if got := out.String(); !strings.Contains(got, `level=WARN msg=misconfigured surefoot.detail=twice`) {
		t.Errorf("got %q, want the entry", got)
	}
}

func TestSlog_LeavesOutWhatIsDisabled(t *testing.T) {
	t.Parallel()
	if got := observe.Join(observe.NewSlog(nil), observe.NewSlog(slog.New(slog.DiscardHandler))); got != nil {
		t.Errorf("got %v, want loggers of nothing to be left out", got)
	}
	var out bytes.Buffer
	o := observe.NewSlog(slog.New(slog.NewTextHandler(&out, nil))) // at Info
	o.Observe(full(observe.RetryScheduled))
	if out.Len() != 0 {
		t.Errorf("got %s, want nothing below the level", &out)
	}
}

func TestSlog_AllocatesNothingWhereNothingIsWritten(t *testing.T) { //nolint:paralleltest // counts allocations
	o := observe.NewSlog(slog.New(slog.NewTextHandler(new(bytes.Buffer), &slog.HandlerOptions{Level: slog.LevelError})))
	e := full(observe.CircuitOpened)
	if got := testing.AllocsPerRun(100, func() { observe.Emit(o, e) }); got != 0 {
		t.Errorf("got %v allocations at a level that is disabled, want none", got)
	}
}

func TestLoggers_ThinOutRepeats(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		core, logs := observer.New(zap.DebugLevel)
		var out bytes.Buffer
		both := observe.Join(
			observe.NewZap(zap.New(core)),
			observe.NewSlog(slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))),
		)
		lines := func() int { return strings.Count(out.String(), "\n") }
		repeat := func(n int, e observe.Event) {
			for range n {
				both.Observe(e)
			}
		}
		repeat(250, full(observe.Rejected))
		if logs.Len() != 12 || lines() != 12 {
			t.Errorf("got %d and %d entries of 250 repeats in a second, want 10 and one in a hundred of the rest", logs.Len(), lines())
		}
		last := logs.All()[logs.Len()-1].ContextMap()
		if last["skipped"] != int64(99) || !strings.HasSuffix(out.String(), " surefoot.skipped=99\n") {
			t.Errorf("got %v and %s, want both to say that 99 were left out", last, &out)
		}
		other := full(observe.Rejected)
		other.Reason = observe.ReasonOpen
		repeat(1, other)
		if logs.Len() != 13 || lines() != 13 {
			t.Errorf("got %d and %d entries, want one for another reason", logs.Len(), lines())
		}
		<-time.NewTimer(time.Second).C // fake time
		repeat(1, full(observe.Rejected))
		if logs.Len() != 14 || lines() != 14 || logs.All()[13].ContextMap()["skipped"] != int64(40) {
			t.Errorf("got %d and %d entries, want one in the next second that says what was left out in the last", logs.Len(), lines())
		}
	})
}
