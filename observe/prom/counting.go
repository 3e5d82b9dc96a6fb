// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package surefootprom

import (
	"sync"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/surefoot-go/surefoot/classify"
	"github.com/surefoot-go/surefoot/observe"
)

// key is what is kept for a key, or for all that share its name: what a call
// that goes well needs, so that it costs no look-up by labels.
type key struct {
	label                       string
	metrics                     *metrics
	begin                       sync.Once
	attempts, calls             prometheus.Counter // the fine ones
	attemptSeconds, callSeconds prometheus.Observer
}

// newKey makes no series yet, except those that a key with traffic has for
// certain.
func (m *metrics) newKey(label string) *key { return &key{label: label, metrics: m} }

// begun returns k with its counters made. A key can be known by its circuit
// alone, and the shared one need not be used at all; neither is to show an
// attempt that was never made.
func (k *key) begun() *key {
	k.begin.Do(func() {
		m := k.metrics
		k.attempts = m.attempts.WithLabelValues(k.label, "success", "2xx")
		k.attemptSeconds = m.attemptSeconds.WithLabelValues(k.label)
		k.calls = m.calls.WithLabelValues(k.label, "1", "success", "2xx")
		k.callSeconds = m.callSeconds.WithLabelValues(k.label)
	})
	return k
}

// startTransitions has the changes of a circuit begin at nought. They are so rare
// that a series which began with the first one would hide it from rate and
// increase.
func (k *key) startTransitions() {
	for _, state := range [...]string{stateClosed, stateHalfOpen, stateOpen} {
		k.metrics.transitions.WithLabelValues(k.label, state)
	}
}

func (k *key) count(vec *prometheus.CounterVec) { vec.WithLabelValues(k.label).Inc() }

func (k *key) countBy(vec *prometheus.CounterVec, value string) {
	vec.WithLabelValues(k.label, value).Inc()
}

// Observe counts an event. [New] sees to it that the events of its Transport
// come here. It takes no lock, and allocates nothing, for those of a call that
// goes well.
func (c *Collector) Observe(e observe.Event) {
	m := c.metrics
	switch e.Kind {
	case observe.AttemptFinished:
		c.attempt(&e)
	case observe.CallFinished:
		c.call(&e)
	case observe.RetryScheduled:
		k := c.keys.of(e.Key)
		k.countBy(m.retries, outcomeOf(&e))
		m.waits.WithLabelValues(k.label).Observe(e.Wait.Seconds())
	case observe.RetrySuppressed:
		c.keys.of(e.Key).countBy(m.suppressed, reasonOf(e.Reason))
	case observe.CircuitOpened:
		c.keys.of(e.Key).countBy(m.transitions, stateOpen)
	case observe.CircuitHalfOpened:
		c.keys.of(e.Key).countBy(m.transitions, stateHalfOpen)
	case observe.CircuitClosed:
		c.keys.of(e.Key).countBy(m.transitions, stateClosed)
	case observe.Rejected:
		c.keys.of(e.Key).countBy(m.rejections, reasonOf(e.Reason))
	case observe.Hedged:
		c.keys.of(e.Key).count(m.hedges)
	case observe.HedgeSuppressed:
		c.keys.of(e.Key).countBy(m.suppressedHedges, reasonOf(e.Reason))
	case observe.CoolDownStarted:
		c.keys.of(e.Key).count(m.coolDowns)
	case observe.BodyFailed:
		c.keys.of(e.Key).count(m.bodyFailures)
	case observe.KindNone, observe.LimitChanged, observe.KeyAssigned,
		observe.FleetLost, observe.FleetFound, observe.Misconfigured:
		// Limits are read from the snapshot, as events can overtake each other. A
		// fleet is not a part of one stack, and counts for itself.
	}
}

// attempt leaves out what was rejected, as nothing was sent.
func (c *Collector) attempt(e *observe.Event) {
	if e.Verdict.Reason == classify.ReasonRejected {
		return
	}
	k := c.keys.of(e.Key).begun()
	if fine(e) {
		k.attempts.Inc()
	} else {
		c.metrics.attempts.WithLabelValues(k.label, classOf(e), outcomeOf(e)).Inc()
	}
	k.attemptSeconds.Observe(e.Duration.Seconds())
}

// call measures no call that ends with a rejection: it is over in no time, and in
// an outage all latencies would look splendid.
func (c *Collector) call(e *observe.Event) {
	k := c.keys.of(e.Key).begun()
	if e.Attempt == 1 && fine(e) {
		k.calls.Inc()
	} else {
		c.metrics.calls.WithLabelValues(k.label, attemptsOf(e), classOf(e), outcomeOf(e)).Inc()
	}
	if e.Verdict.Reason != classify.ReasonRejected {
		k.callSeconds.Observe(e.Duration.Seconds())
	}
}
