// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package surefoototel

import (
	"context"
	"errors"

	"go.opentelemetry.io/otel/metric"

	"github.com/surefoot-go/surefoot/classify"
	"github.com/surefoot-go/surefoot/observe"
)

// An Observer counts and measures what the layers tell; the package
// documentation lists the metrics. Give it to transport.WithObserver. The zero
// value is not usable; call [NewObserver]. An Observer is safe for concurrent
// use, and one can serve several stacks.
type Observer struct {
	config *config
	meter  metric.Meter
	instruments
	targets *targets
	options *optionsCache
}

var _ observe.Observer = (*Observer)(nil)

// NewObserver returns an Observer. If options are wrong, or the meter refuses
// an instrument, it returns nil and one error that joins all that is wrong, an
// [*ConfigError] for each option.
func NewObserver(opts ...ObserverOption) (*Observer, error) {
	c, err := observerConfig(opts)
	meter := c.meter()
	made, errMeter := newInstruments(meter)
	if err := errors.Join(err, errMeter); err != nil {
		return nil, err
	}
	return &Observer{
		config: c, meter: meter, instruments: made,
		targets: newTargets(c.maxKeys), options: newOptionsCache(),
	}, nil
}

// Observe records an event.
func (o *Observer) Observe(e observe.Event) {
	switch e.Kind {
	case observe.RetryScheduled:
		o.count(o.retries, &e, labels{errorType: errorTypeOf(&e)})
		o.measure(o.retryDelay, &e, e.Wait.Seconds(), labels{})
	case observe.RetrySuppressed:
		o.count(o.suppressedRetries, &e, labels{reason: string(e.Reason)})
	case observe.CallFinished:
		_, method := o.config.method(e.Method)
		o.measure(o.callDuration, &e, e.Duration.Seconds(),
			labels{method: method, status: e.Status, errorType: errorTypeOf(&e)})
	case observe.CircuitOpened:
		o.count(o.transitions, &e, labels{state: "open"})
	case observe.CircuitHalfOpened:
		o.count(o.transitions, &e, labels{state: "half_open"})
	case observe.CircuitClosed:
		o.count(o.transitions, &e, labels{state: "closed"})
	case observe.Rejected:
		o.count(o.rejections, &e, labels{reason: string(e.Reason)})
	case observe.Hedged:
		o.count(o.hedges, &e, labels{})
	case observe.HedgeSuppressed:
		o.count(o.suppressedHedges, &e, labels{reason: string(e.Reason)})
	case observe.CoolDownStarted:
		o.count(o.coolDowns, &e, labels{})
	case observe.BodyFailed:
		reason := classify.Default().Classify(nil, nil, e.Err).Reason
		o.count(o.bodyFailures, &e, labels{errorType: errorType(0, e.Err, reason)})
	case observe.KindNone, observe.AttemptFinished, observe.LimitChanged, observe.KeyAssigned,
		observe.FleetLost, observe.FleetFound, observe.Misconfigured:
		// Attempts are measured by Middleware, which also sees those of a hedge
		// and never one that was rejected; limits are read by Watch. A fleet is
		// not a part of one stack, and counts for itself.
	}
}

func (o *Observer) count(counter metric.Int64Counter, e *observe.Event, l labels) {
	if ctx := contextOf(e); counter.Enabled(ctx) {
		l.target = o.targets.of(placeOfKey(e.Key))
		counter.Add(ctx, 1, o.options.of(l).add...)
	}
}

func (o *Observer) measure(histogram metric.Float64Histogram, e *observe.Event, value float64, l labels) {
	if ctx := contextOf(e); histogram.Enabled(ctx) {
		l.target = o.targets.of(placeOfKey(e.Key))
		histogram.Record(ctx, value, o.options.of(l).record...)
	}
}

// contextOf returns the context by which the SDK ties a measurement to a trace.
func contextOf(e *observe.Event) context.Context {
	if e.Context == nil {
		return context.Background()
	}
	return e.Context
}

func errorTypeOf(e *observe.Event) string {
	if e.Err == nil && e.Status == 0 {
		return ""
	}
	return errorType(e.Status, e.Err, e.Verdict.Reason)
}
