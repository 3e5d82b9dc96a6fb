// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package observe

import (
	"context"
	"log/slog"
	"time"
)

// NewSlog returns an Observer that writes to logger what [NewZap] would, at the
// same levels, thinned out by the same rule and with the same fields, in the
// group "surefoot". Entries carry the context of their call, so a handler that
// reads a trace from it finds it. It is safe for concurrent use if the handler
// is, as all are. A nil logger and one whose handler is [slog.DiscardHandler]
// give an Observer that does nothing and that [Join] leaves out.
func NewSlog(logger *slog.Logger) Observer { //nolint:ireturn // one of two
	if logger == nil || logger.Handler() == slog.DiscardHandler {
		return nop{}
	}
	return &slogObserver{handler: logger.Handler().WithGroup(loggerName), sampler: newSampler()}
}

// slogObserver speaks to the handler, because a Logger would take this package
// for the source of every entry.
type slogObserver struct {
	handler slog.Handler
	sampler *sampler
}

// slogLevels is read-only.
var slogLevels = [...]slog.Level{ //nolint:gochecknoglobals // a constant table
	debug: slog.LevelDebug, info: slog.LevelInfo, warn: slog.LevelWarn,
}

// Observe writes e, if there is something to write and its level is enabled.
func (o *slogObserver) Observe(e Event) {
	text, g := describe(&e)
	if text == "" {
		return
	}
	level := slogLevels[g]
	ctx := e.Context
	if ctx == nil {
		ctx = context.Background()
	}
	if !o.handler.Enabled(ctx, level) {
		return
	}
	skipped, ok := o.sampler.keep(&e, g)
	if !ok {
		return
	}
	record := slog.NewRecord(time.Now(), level, text, 0)
	addAttrs(&record, &e, skipped)
	_ = o.handler.Handle(ctx, record) // as slog.Logger does: there is nobody to tell
}

// addAttrs must not look at Err, nor at anything but names and numbers.
func addAttrs(record *slog.Record, e *Event, skipped int) {
	text := func(name, value string) {
		if value != "" {
			record.AddAttrs(slog.String(name, value))
		}
	}
	number := func(name string, value int) {
		if value != 0 {
			record.AddAttrs(slog.Int(name, value))
		}
	}
	duration := func(name string, value time.Duration) {
		if value != 0 {
			record.AddAttrs(slog.Duration(name, value))
		}
	}
	text("key", e.Key)
	text("method", e.Method)
	number("attempt", e.Attempt)
	number("status", e.Status)
	if e.Verdict.Reason != 0 {
		text("verdict", e.Verdict.Reason.String())
	}
	text("reason", string(e.Reason))
	duration("wait", e.Wait)
	number("limit", e.Limit)
	duration("duration", e.Duration)
	text("detail", e.Detail)
	number("skipped", skipped)
}
