// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package surefoototel

import (
	"errors"

	"go.opentelemetry.io/otel/metric"
)

// instruments are those of an [Observer].
type instruments struct {
	retries, suppressedRetries, rejections, hedges, suppressedHedges metric.Int64Counter
	transitions, coolDowns, bodyFailures                             metric.Int64Counter
	callDuration, retryDelay                                         metric.Float64Histogram

	gauges gauges
}

func newInstruments(meter metric.Meter) (instruments, error) {
	var errs []error
	counter := func(name, unit, description string) metric.Int64Counter {
		c, err := meter.Int64Counter(name, metric.WithUnit(unit), metric.WithDescription(description))
		errs = append(errs, err)
		return c
	}
	seconds := func(name, description string, bounds ...float64) metric.Float64Histogram {
		h, err := meter.Float64Histogram(name, metric.WithUnit("s"), metric.WithDescription(description),
			metric.WithExplicitBucketBoundaries(bounds...))
		errs = append(errs, err)
		return h
	}
	made := instruments{
		retries: counter("surefoot.retries", "{retry}",
			"Retries that were scheduled, by what the attempt before gave."),
		suppressedRetries: counter("surefoot.suppressed_retries", "{retry}",
			"Retries that were not made, by the reason."),
		rejections: counter("surefoot.rejections", "{attempt}",
			"Attempts that a layer refused to send, by the reason."),
		hedges: counter("surefoot.hedges", "{hedge}",
			"Hedges that were sent beside a late attempt."),
		suppressedHedges: counter("surefoot.suppressed_hedges", "{hedge}",
			"Hedges that were not sent, by the reason."),
		transitions: counter("surefoot.circuit.transitions", "{transition}",
			"Changes of a circuit's state, by the new one."),
		coolDowns: counter("surefoot.cool_downs", "{cool_down}",
			"Times that a server asked everybody to wait."),
		bodyFailures: counter("surefoot.body_failures", "{response}",
			"Responses whose body broke while it was read."),
		// The convention's bounds, and more for the waits.
		callDuration: seconds("surefoot.call.duration",
			"Duration of calls to the response's headers, all attempts and waits included.",
			0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30, 60),
		retryDelay: seconds("surefoot.retry.delay",
			"Waits before retries, as they were scheduled.",
			0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60),
	}
	var err error
	made.gauges, err = newGauges(meter)
	return made, errors.Join(append(errs, err)...)
}
