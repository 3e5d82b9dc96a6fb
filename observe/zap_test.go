// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package observe_test

import (
	"context"
	"errors"
	"reflect"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/surefoot-go/surefoot/classify"
	"github.com/surefoot-go/surefoot/observe"
)

// full returns an event with every field set, some of them to a secret.
func full(kind observe.Kind) observe.Event {
	return observe.Event{
		Kind:     kind,
		Context:  context.Background(),
		Key:      "https://example.com",
		Method:   "POST",
		Attempt:  2,
		Status:   503,
		Err:      errors.New("Post https://example.com/?token=secret: EOF"),
		Verdict:  classify.Verdict{Class: classify.Retryable, Reason: classify.ReasonStatus},
		Reason:   observe.ReasonBudget,
		Wait:     time.Second,
		Limit:    7,
		Duration: time.Minute,
		Detail:   "a sentence",
		Fleet:    true,
	}
}

// all is what an entry of full has in its fields: everything but the error and
// the context.
func all() map[string]any {
	return map[string]any{
		"key": "https://example.com", "method": "POST", "attempt": int64(2), "status": int64(503),
		"verdict": "status", "reason": "budget", "wait": time.Second, "duration": time.Minute,
		"detail": "a sentence", "limit": int64(7),
	}
}

func TestZap_WritesWhatPeopleWantToKnow(t *testing.T) {
	t.Parallel()
	rows := []struct {
		name  string
		kind  observe.Kind
		level zapcore.Level
		text  string
	}{
		{"a retry at Debug", observe.RetryScheduled, zap.DebugLevel, "retry scheduled"},
		{"why there was no retry at Debug", observe.RetrySuppressed, zap.DebugLevel, "retry suppressed"},
		{"a call of several attempts at Debug", observe.CallFinished, zap.DebugLevel, "call finished after retries"},
		{"a rejection at Debug", observe.Rejected, zap.DebugLevel, "attempt rejected"},
		{"a broken body at Debug", observe.BodyFailed, zap.DebugLevel, "response body broke"},
		{"a probe at Debug", observe.CircuitHalfOpened, zap.DebugLevel, "circuit half-opened"},
		{"a circuit that opens at Warn", observe.CircuitOpened, zap.WarnLevel, "circuit opened"},
		{"a circuit that closes at Warn", observe.CircuitClosed, zap.WarnLevel, "circuit closed"},
		{"a hedge at Debug", observe.Hedged, zap.DebugLevel, "hedge sent"},
		{"a hedge that was not sent at Debug", observe.HedgeSuppressed, zap.DebugLevel, "hedge suppressed"},
		{"a limit at Debug", observe.LimitChanged, zap.DebugLevel, "limit changed"},
		{"a cool-down at Warn", observe.CoolDownStarted, zap.WarnLevel, "cool-down started"},
		{"a fleet that is lost at Warn", observe.FleetLost, zap.WarnLevel, "fleet lost"},
		{"a fleet that is found at Info", observe.FleetFound, zap.InfoLevel, "fleet found"},
		{"a misconfiguration at Warn", observe.Misconfigured, zap.WarnLevel, "misconfigured"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			core, logs := observer.New(zap.DebugLevel)
			// As zap.NewDevelopment does, and more.
			logger := zap.New(core, zap.AddCaller(), zap.AddStacktrace(zap.DebugLevel))
			observe.NewZap(logger).Observe(full(row.kind))
			entries := logs.All()
			if len(entries) != 1 {
				t.Fatalf("got %d entries, want 1", len(entries))
			}
			got := entries[0]
			if got.Level != row.level || got.Message != row.text || got.LoggerName != "surefoot" || got.Caller.Defined || got.Stack != "" {
				t.Errorf("got %+v, want %q at %v, without a caller and a stack of ours", got.Entry, row.text, row.level)
			}
			if fields := got.ContextMap(); !reflect.DeepEqual(fields, all()) {
				t.Errorf("got fields %v, want %v", fields, all())
			}
		})
	}
}

func TestZap_SaysNothingOfWhatGoesWell(t *testing.T) {
	t.Parallel()
	core, logs := observer.New(zap.DebugLevel)
	o := observe.NewZap(zap.New(core))
	for _, kind := range []observe.Kind{observe.KindNone, observe.AttemptFinished, observe.KeyAssigned, 200} {
		o.Observe(full(kind))
	}
	first := full(observe.CallFinished)
	first.Attempt = 1
	o.Observe(first)
	if got := logs.All(); len(got) != 0 {
		t.Errorf("got entries %v, want none", got)
	}
}

func TestZap_LeavesOutWhatAnEventDoesNotHave(t *testing.T) {
	t.Parallel()
	core, logs := observer.New(zap.DebugLevel)
	observe.NewZap(zap.New(core)).Observe(observe.Event{Kind: observe.CircuitOpened})
	if got := logs.All(); len(got) != 1 || len(got[0].Context) != 0 {
		t.Errorf("got %v, want one entry without fields", got)
	}
}

func TestZap_AllocatesNothingWhereNothingIsWritten(t *testing.T) { //nolint:paralleltest // counts allocations
	core, _ := observer.New(zap.ErrorLevel)
	rows := []struct {
		name   string
		logger *zap.Logger
		kind   observe.Kind
	}{
		{"without a logger", nil, observe.CircuitOpened},
		{"at Nop", zap.NewNop(), observe.CircuitOpened},
		{"at a level that is disabled", zap.New(core), observe.CircuitOpened},
		{"for a call that succeeded at once", zap.NewExample(), observe.AttemptFinished},
	}
	for _, row := range rows {
		o := observe.NewZap(row.logger)
		e := full(row.kind)
		if got := testing.AllocsPerRun(100, func() { observe.Emit(o, e) }); got != 0 {
			t.Errorf("%s: got %v allocations, want none", row.name, got)
		}
	}
}
