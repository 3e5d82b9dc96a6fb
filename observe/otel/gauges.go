// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package surefoototel

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/surefoot-go/surefoot/breaker"
	"github.com/surefoot-go/surefoot/transport"
)

// gauges are read from a snapshot whenever metrics are collected.
type gauges struct {
	circuit metric.Int64ObservableGauge
	balance metric.Float64ObservableGauge
	limit   metric.Int64ObservableGauge
	flight  metric.Int64ObservableGauge
}

func newGauges(meter metric.Meter) (g gauges, err error) {
	var errs [4]error
	g.circuit, errs[0] = meter.Int64ObservableGauge("surefoot.circuit.state", metric.WithUnit("1"),
		metric.WithDescription("State of a circuit: 0 is closed, 1 half-open, 2 open."))
	g.balance, errs[1] = meter.Float64ObservableGauge("surefoot.budget.balance", metric.WithUnit("{token}"),
		metric.WithDescription("Tokens that are left for retries and hedges."))
	g.limit, errs[2] = meter.Int64ObservableGauge("surefoot.limit.attempts", metric.WithUnit("{attempt}"),
		metric.WithDescription("Attempts that may be under way to a host, where a limit is in force."))
	g.flight, errs[3] = meter.Int64ObservableGauge("surefoot.limit.in_flight", metric.WithUnit("{attempt}"),
		metric.WithDescription("Attempts that are under way to a host, where they are counted."))
	return g, errors.Join(errs[:]...)
}

// all returns the gauges, for a registration.
func (g *gauges) all() []metric.Observable {
	return []metric.Observable{g.circuit, g.balance, g.limit, g.flight}
}

// observe tells what is known of a key.
func (g *gauges) observe(o metric.Observer, key *transport.Key, set metric.ObserveOption) {
	// A key that is known by its budget or limit alone has a circuit in the
	// snapshot, too, which has counted nothing.
	if key.Circuit != (breaker.Circuit{Key: key.Key}) {
		o.ObserveInt64(g.circuit, stateNumber(key.Circuit.State), set)
	}
	if key.Budget != nil {
		o.ObserveFloat64(g.balance, key.Budget.Tokens, set)
	}
	if key.Limit != nil {
		o.ObserveInt64(g.flight, int64(key.Limit.InFlight), set)
		if key.Limit.Limit > 0 {
			o.ObserveInt64(g.limit, int64(key.Limit.Limit), set)
		}
	}
}

// stateNumber does not hang on the order in package breaker, which is free to
// change.
func stateNumber(s breaker.State) int64 {
	switch s {
	case breaker.Closed:
	case breaker.HalfOpen:
		return 1
	case breaker.Open:
		return 2
	}
	return 0
}

// Watch has the gauges tell of t whenever metrics are collected, until stop is
// called, which may be called again. Several stacks can be watched, but of two
// that have a key in common the gauges tell only one, and so they do of two keys
// that differ in nothing but the scheme. A collection costs as much
// as [transport.Transport.Snapshot] and blocks no call. Watch is safe for
// concurrent use.
func (o *Observer) Watch(t *transport.Transport) (stop func(), err error) {
	if t == nil {
		return nil, &ConfigError{Package: "surefoototel", Option: "Watch", Value: nil, Reason: "needs a Transport"}
	}
	registration, err := o.meter.RegisterCallback(func(_ context.Context, out metric.Observer) error {
		snapshot := t.Snapshot()
		for i := range snapshot.Keys {
			key := &snapshot.Keys[i]
			to := o.targets.of(placeOfKey(key.Key))
			if to == o.targets.rest {
				continue // many keys cannot share a gauge
			}
			o.gauges.observe(out, key, metric.WithAttributeSet(attribute.NewSet(to.attributes...)))
		}
		return nil
	}, o.gauges.all()...)
	if err != nil {
		return nil, fmt.Errorf("surefoototel: watch: %w", err)
	}
	return sync.OnceFunc(func() { handle(registration.Unregister()) }), nil
}
