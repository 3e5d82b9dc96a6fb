// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package observe

import (
	"time"

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
//	Warn   a circuit opened or closed; a server asked everybody to wait; a fleet
//	       was lost; the stack is misconfigured
//	Info   the fleet was found again
//	Debug  a retry, or why there was none; a call that took several attempts;
//	       a rejection; a hedge, or why there was none; a limit that changed;
//	       a body that broke; a circuit's probe
//
// Nothing is logged at Error: what fails is returned to the caller, who knows
// what it means. That a circuit closed is a Warn because whoever saw it open
// wants to see the end of it.
//
// Repeats are thinned out: of entries with the same kind, key and reason, the
// first 10 in a second are written and one in 100 of the rest, whose field
// skipped says how many were left out before it. The memory for that is fixed, some
// 12 KiB. Where there are more of them at once than it has room for, more is left out
// at Debug, and nothing more at Info and Warn, where less is.
//
// An entry has those of the fields key, method, attempt, status, verdict,
// reason, wait, limit, duration, detail and skipped that its event has. It
// never has a header, a body, a query string or the text of an error, which may
// hold any of them; verdict says what kind of error it was. Nor has it a caller or
// a stack, which would be those of this package. Nothing is
// allocated for an event whose level is disabled.
func NewZap(logger *zap.Logger) Observer { //nolint:ireturn // one of two
	if logger == nil || logger.Core() == zapcore.NewNopCore() {
		return nop{}
	}
	return &zapObserver{
		// Caller and stack would be those of this package, each time.
		logger:  logger.Named(loggerName).WithOptions(zap.WithCaller(false), zap.AddStacktrace(zapcore.FatalLevel)),
		sampler: newSampler(),
	}
}

type zapObserver struct {
	logger  *zap.Logger
	sampler *sampler
}

// zapLevels is read-only.
var zapLevels = [...]zapcore.Level{ //nolint:gochecknoglobals // a constant table
	debug: zapcore.DebugLevel, info: zapcore.InfoLevel, warn: zapcore.WarnLevel,
}

// Observe writes e, if there is something to write and its level is enabled.
func (o *zapObserver) Observe(e Event) {
	text, g := describe(&e)
	if text == "" {
		return
	}
	entry := o.logger.Check(zapLevels[g], text)
	if entry == nil {
		return
	}
	if skipped, ok := o.sampler.keep(&e, g); ok {
		entry.Write(fields(&e, skipped)...)
	}
}

// fields must not look at Err, nor at anything but names and numbers.
func fields(e *Event, skipped int) []zap.Field {
	list := make([]zap.Field, 0, 8)
	text := func(name, value string) {
		if value != "" {
			list = append(list, zap.String(name, value))
		}
	}
	number := func(name string, value int) {
		if value != 0 {
			list = append(list, zap.Int(name, value))
		}
	}
	duration := func(name string, value time.Duration) {
		if value != 0 {
			list = append(list, zap.Duration(name, value))
		}
	}
	text("key", e.Key)
	text("method", e.Method)
	number("attempt", e.Attempt)
	number("status", e.Status)
	if e.Verdict.Reason != 0 {
		list = append(list, zap.Stringer("verdict", e.Verdict.Reason))
	}
	text("reason", string(e.Reason))
	duration("wait", e.Wait)
	number("limit", e.Limit)
	duration("duration", e.Duration)
	text("detail", e.Detail)
	number("skipped", skipped)
	return list
}
