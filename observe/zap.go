// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package observe

import (
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// NewZap returns an Observer that writes to logger, under the name "surefoot"
// and without a caller, which would always be this package. It is safe for
// concurrent use. A nil logger and one that logs nothing, such as [zap.NewNop],
// give an Observer that does nothing and that [Join] leaves out.
//
// A call that succeeds at once logs nothing. The levels are:
//
//	Warn   a circuit opened or closed; the stack is misconfigured
//	Debug  a retry, or why there was none; a call that took several attempts;
//	       a rejection; a body that broke; a circuit's probe
//
// Nothing is logged at Error: what fails is returned to the caller, who knows
// what it means. That a circuit closed is a Warn because whoever saw it open
// wants to see the end of it.
//
// An entry has those of the fields key, method, attempt, status, verdict,
// reason, wait, duration and detail that its event has. It never has a header,
// a body, a query string or the text of an error, which may hold any of them;
// verdict says what kind of error it was. Nothing is allocated for an event
// whose level is disabled.
func NewZap(logger *zap.Logger) Observer { //nolint:ireturn // one of two
	if logger == nil || logger.Core() == zapcore.NewNopCore() {
		return nop{}
	}
	return &zapObserver{logger: logger.Named("surefoot").WithOptions(zap.WithCaller(false))}
}

type zapObserver struct{ logger *zap.Logger }

// Observe writes e, if there is something to write and its level is enabled.
func (o *zapObserver) Observe(e Event) {
	level, message := describe(&e)
	if message == "" {
		return
	}
	if entry := o.logger.Check(level, message); entry != nil {
		entry.Write(fields(&e)...)
	}
}

// describe returns the level and the text of an event's entry. The text is
// empty where there is nothing to say.
func describe(e *Event) (zapcore.Level, string) {
	switch e.Kind {
	case RetryScheduled:
		return zapcore.DebugLevel, "retry scheduled"
	case RetrySuppressed:
		return zapcore.DebugLevel, "retry suppressed"
	case CallFinished:
		if e.Attempt > 1 {
			return zapcore.DebugLevel, "call finished after retries"
		}
	case CircuitOpened:
		return zapcore.WarnLevel, "circuit opened"
	case CircuitHalfOpened:
		return zapcore.DebugLevel, "circuit half-opened"
	case CircuitClosed:
		return zapcore.WarnLevel, "circuit closed"
	case Rejected:
		return zapcore.DebugLevel, "attempt rejected"
	case Hedged:
		return zapcore.DebugLevel, "hedge sent"
	case HedgeSuppressed:
		return zapcore.DebugLevel, "hedge suppressed"
	case LimitChanged:
		return zapcore.DebugLevel, "limit changed"
	case CoolDownStarted:
		return zapcore.WarnLevel, "cool-down started"
	case BodyFailed:
		return zapcore.DebugLevel, "response body broke"
	case Misconfigured:
		return zapcore.WarnLevel, "misconfigured"
	case KindNone, AttemptFinished, KeyAssigned:
		// What matters of an attempt shows in what follows from it.
	}
	return zapcore.DebugLevel, ""
}

// fields must not look at Err, nor at anything but names and numbers.
func fields(e *Event) []zap.Field {
	list := make([]zap.Field, 0, 8)
	text := func(name, value string) {
		if value != "" {
			list = append(list, zap.String(name, value))
		}
	}
	text("key", e.Key)
	text("method", e.Method)
	if e.Attempt != 0 {
		list = append(list, zap.Int("attempt", e.Attempt))
	}
	if e.Status != 0 {
		list = append(list, zap.Int("status", e.Status))
	}
	if e.Verdict.Reason != 0 {
		list = append(list, zap.Stringer("verdict", e.Verdict.Reason))
	}
	text("reason", string(e.Reason))
	if e.Wait != 0 {
		list = append(list, zap.Duration("wait", e.Wait))
	}
	if e.Limit != 0 {
		list = append(list, zap.Int("limit", e.Limit))
	}
	if e.Duration != 0 {
		list = append(list, zap.Duration("duration", e.Duration))
	}
	text("detail", e.Detail)
	return list
}
