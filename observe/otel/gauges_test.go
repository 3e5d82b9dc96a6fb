// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package surefoototel_test

import (
	"errors"
	"maps"
	"testing"
	"testing/synctest"
	"time"

	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/metric/noop"

	"github.com/surefoot-go/surefoot/breaker"
	surefoototel "github.com/surefoot-go/surefoot/observe/otel"
	"github.com/surefoot-go/surefoot/retry"
	"github.com/surefoot-go/surefoot/transport"
)

func TestWatch_ReadsGaugesFromTheStack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := newNumbers()
		o := newObserver(t, n)
		base := answers(503)
		stack := newStack(t, base, atOnce, transport.WithObserver(o), transport.WithRetry(retry.WithBudget(10, 0.1)),
			transport.WithBreaker(breaker.WithMinRequests(4), breaker.WithOpenFor(time.Second, time.Second), breaker.WithProbes(2)))
		stop, err := o.Watch(stack)
		if err != nil {
			t.Fatal(err)
		}
		gauge := func(name string) any {
			list := points(t, n.collect(t)[name])
			if len(list) == 0 {
				return nil
			}
			if len(list) != 1 || !maps.Equal(list[0].attributes, server(nil)) {
				t.Errorf("%s: got %v, want one of the server", name, list)
			}
			return list[0].value
		}
		want := func(when string, state, balance any) {
			if got := gauge("surefoot.circuit.state"); got != state {
				t.Errorf("%s: got state %v, want %v", when, got, state)
			}
			if got := gauge("surefoot.budget.balance"); got != balance {
				t.Errorf("%s: got balance %v, want %v", when, got, balance)
			}
		}
		want("before the first call", nil, nil)
		_, _ = send(t, stack, newRequest(t, things))
		want("when it has failed", 2.0, 7.0)
		base.statuses = []int{200}
		<-time.NewTimer(2 * time.Second).C
		_, _ = send(t, stack, newRequest(t, things))
		want("after one probe of two", 1.0, 7.1)
		_, _ = send(t, stack, newRequest(t, things))
		want("after both", 0.0, 7.2)
		stop()
		stop()
		want("when nobody watches", nil, nil)
	})
}

func TestWatch_TellsWhatIsWrong(t *testing.T) {
	t.Parallel()
	o, err := surefoototel.NewObserver(surefoototel.WithMeterProvider(noCallbacks{}))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.Watch(newStack(t, nil)); !errors.Is(err, errMeter) {
		t.Errorf("got %v, want the meter's error", err)
	}
	var mistake *surefoototel.ConfigError
	if _, err := o.Watch(nil); !errors.As(err, &mistake) {
		t.Errorf("got %v, want that a Transport is needed", err)
	}
}

type noCallbacks struct{ noop.MeterProvider }

func (noCallbacks) Meter(string, ...metric.MeterOption) metric.Meter { //nolint:ireturn // the API asks for it
	return noCallbackMeter{}
}

type noCallbackMeter struct{ noop.Meter }

func (noCallbackMeter) RegisterCallback(metric.Callback, ...metric.Observable) (metric.Registration, error) { //nolint:ireturn // the API asks for it
	return nil, errMeter
}
