// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package surefootprom

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Labels.
const (
	labelClient   = "client"
	labelKey      = "key"
	labelClass    = "class"
	labelOutcome  = "outcome"
	labelAttempts = "attempts"
	labelReason   = "reason"
	labelTo       = "to"
	labelState    = "state"
)

// States of a circuit, as labels say them.
const (
	stateClosed   = "closed"
	stateHalfOpen = "half_open"
	stateOpen     = "open"
)

// metrics are those that events are counted in.
type metrics struct {
	attempts, calls                     *prometheus.CounterVec
	attemptSeconds, callSeconds         *prometheus.HistogramVec
	retries, suppressed                 *prometheus.CounterVec
	waits                               *prometheus.HistogramVec
	transitions, rejections             *prometheus.CounterVec
	hedges, suppressedHedges, coolDowns *prometheus.CounterVec
	bodyFailures                        *prometheus.CounterVec
}

func newMetrics(cfg *config) *metrics {
	client := prometheus.Labels{labelClient: cfg.name}
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "surefoot_" + name, Help: help, ConstLabels: client,
		}, append([]string{labelKey}, labels...))
	}
	seconds := func(name, help string, buckets []float64) *prometheus.HistogramVec {
		return prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "surefoot_" + name, Help: help, ConstLabels: client, Buckets: buckets,
			// Some 10 % from bucket to bucket, and fewer where that takes too many.
			NativeHistogramBucketFactor:     1.1,
			NativeHistogramMaxBucketNumber:  100,
			NativeHistogramMinResetDuration: time.Hour,
		}, []string{labelKey})
	}
	return &metrics{
		attempts: counter("attempts_total",
			"Attempts that were sent, by the class of the verdict and by outcome, a class of status or a kind of error.",
			labelClass, labelOutcome),
		attemptSeconds: seconds("attempt_duration_seconds",
			"Time that attempts took, to the response's headers.", cfg.buckets),
		calls: counter("calls_total",
			"Calls, by the number of their attempts and by what the last one gave.",
			labelAttempts, labelClass, labelOutcome),
		callSeconds: seconds("call_duration_seconds",
			"Time that calls took, to the response's headers, all attempts and waits included. Calls that were rejected are left out.", cfg.buckets),
		retries: counter("retries_total",
			"Retries that were scheduled, by what the attempt before gave.", labelReason),
		waits: seconds("retry_wait_seconds",
			"Waits before retries, as they were scheduled.",
			[]float64{0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60}),
		suppressed: counter("retries_suppressed_total",
			"Retries that were not made, by the reason.", labelReason),
		transitions: counter("circuit_transitions_total",
			"Changes of a circuit's state, by the new one.", labelTo),
		rejections: counter("rejections_total",
			"Attempts that a layer refused to send, by the reason.", labelReason),
		hedges: counter("hedges_total",
			"Hedges that were sent beside a late attempt."),
		suppressedHedges: counter("hedges_suppressed_total",
			"Hedges that were not sent, by the reason.", labelReason),
		coolDowns: counter("cool_downs_total",
			"Times that a server asked everybody to wait."),
		bodyFailures: counter("body_failures_total",
			"Responses whose body broke while it was read, as far as bodies are watched."),
	}
}

func (m *metrics) all() []prometheus.Collector {
	return []prometheus.Collector{
		m.attempts, m.attemptSeconds, m.calls, m.callSeconds, m.retries, m.waits, m.suppressed,
		m.transitions, m.rejections, m.hedges, m.suppressedHedges, m.coolDowns, m.bodyFailures,
	}
}
