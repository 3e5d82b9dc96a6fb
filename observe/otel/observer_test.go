// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package surefoototel_test

import (
	"context"
	"errors"
	"io"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/metric/noop"

	"github.com/surefoot-go/surefoot/classify"
	"github.com/surefoot-go/surefoot/limit"
	"github.com/surefoot-go/surefoot/observe"
	surefoototel "github.com/surefoot-go/surefoot/observe/otel"
	"github.com/surefoot-go/surefoot/transport"
	"github.com/surefoot-go/surefoot/trip"
)

func newObserver(t *testing.T, n *numbers, opts ...surefoototel.ObserverOption) *surefoototel.Observer {
	t.Helper()
	o, err := surefoototel.NewObserver(append([]surefoototel.ObserverOption{surefoototel.WithMeterProvider(n.provider)}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// series are attributes.
type series = map[string]any

func server(more series) series {
	m := series{"server.address": "api.example.com", "server.port": int64(443)}
	maps.Copy(m, more)
	return m
}

func TestObserver_CountsWhatLayersTell(t *testing.T) {
	t.Parallel()
	const key = "https://api.example.com"
	unavailable := classify.Verdict{Class: classify.Retryable, Reason: classify.ReasonStatus}
	reset := classify.Verdict{Class: classify.Retryable, Reason: classify.ReasonReset}
	type metrics = map[string]point
	one := func(attributes series) point { return point{attributes: attributes, value: 1} }
	measured := func(value float64, attributes series) point { return point{attributes, value, 1} }
	rows := []struct {
		name  string
		event observe.Event
		want  metrics
	}{
		{
			"a retry, and its wait",
			observe.Event{Kind: observe.RetryScheduled, Status: 503, Verdict: unavailable, Wait: 250 * time.Millisecond},
			metrics{"surefoot.retries": one(server(series{"error.type": "503"})), "surefoot.retry.delay": measured(0.25, server(nil))},
		},
		{
			"a retry after an error",
			observe.Event{Kind: observe.RetryScheduled, Err: errors.New("x"), Verdict: reset},
			metrics{"surefoot.retries": one(server(series{"error.type": "reset"})), "surefoot.retry.delay": measured(0, server(nil))},
		},
		{
			"a retry for a code in a body",
			observe.Event{
				Kind: observe.RetryScheduled, Status: 200,
				Verdict: classify.Verdict{Class: classify.Retryable, Reason: classify.ReasonBodyCode},
			},
			metrics{"surefoot.retries": one(server(series{"error.type": "body_code"})), "surefoot.retry.delay": measured(0, server(nil))},
		},
		{
			"a retry that was not made",
			observe.Event{Kind: observe.RetrySuppressed, Reason: observe.ReasonBudget},
			metrics{"surefoot.suppressed_retries": one(server(series{"surefoot.reason": "budget"}))},
		},
		{
			"a call",
			observe.Event{Kind: observe.CallFinished, Method: "GET", Status: 200, Duration: 2 * time.Second},
			metrics{"surefoot.call.duration": measured(2, server(series{"http.request.method": "GET", "http.response.status_code": int64(200)}))},
		},
		{
			"a call that failed",
			observe.Event{Kind: observe.CallFinished, Method: "BREW", Status: 503, Verdict: unavailable},
			metrics{"surefoot.call.duration": measured(0, server(series{
				"http.request.method": "_OTHER", "http.response.status_code": int64(503), "error.type": "503",
			}))},
		},
		{
			"a call that its caller gave up",
			observe.Event{
				Kind: observe.CallFinished, Err: context.Canceled, Verdict: classify.Verdict{Reason: classify.ReasonCanceled},
			},
			metrics{"surefoot.call.duration": measured(0, server(series{"http.request.method": "GET"}))},
		},
		{
			"a circuit that opened",
			observe.Event{Kind: observe.CircuitOpened},
			metrics{"surefoot.circuit.transitions": one(server(series{"surefoot.circuit.state": "open"}))},
		},
		{
			"one that half-opened",
			observe.Event{Kind: observe.CircuitHalfOpened},
			metrics{"surefoot.circuit.transitions": one(server(series{"surefoot.circuit.state": "half_open"}))},
		},
		{
			"one that closed",
			observe.Event{Kind: observe.CircuitClosed},
			metrics{"surefoot.circuit.transitions": one(server(series{"surefoot.circuit.state": "closed"}))},
		},
		{
			"a rejection",
			observe.Event{Kind: observe.Rejected, Reason: observe.ReasonOpen},
			metrics{"surefoot.rejections": one(server(series{"surefoot.reason": "open"}))},
		},
		{"a hedge", observe.Event{Kind: observe.Hedged}, metrics{"surefoot.hedges": one(server(nil))}},
		{
			"a hedge that was not sent",
			observe.Event{Kind: observe.HedgeSuppressed, Reason: observe.ReasonBody},
			metrics{"surefoot.suppressed_hedges": one(server(series{"surefoot.reason": "body"}))},
		},
		{"a cool-down", observe.Event{Kind: observe.CoolDownStarted}, metrics{"surefoot.cool_downs": one(server(nil))}},
		{
			"a body that broke",
			observe.Event{Kind: observe.BodyFailed, Status: 200, Err: io.ErrUnexpectedEOF},
			metrics{"surefoot.body_failures": one(server(series{"error.type": "reset"}))},
		},
		{"nothing of an attempt, which Middleware measures", observe.Event{Kind: observe.AttemptFinished, Status: 200}, metrics{}},
		{"nothing of a limit", observe.Event{Kind: observe.LimitChanged, Limit: 7}, metrics{}},
		{"nothing of an idempotency key", observe.Event{Kind: observe.KeyAssigned}, metrics{}},
		{"nothing of a misconfiguration", observe.Event{Kind: observe.Misconfigured}, metrics{}},
		{"nothing of nothing", observe.Event{}, metrics{}},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			n := newNumbers()
			row.event.Key = key
			newObserver(t, n).Observe(row.event)
			got := metrics{}
			for name, m := range n.collect(t) {
				list := points(t, m)
				if len(list) > 1 {
					t.Errorf("%s: got %v, want one", name, list)
				}
				for _, p := range list {
					got[name] = p
				}
			}
			if !reflect.DeepEqual(got, row.want) {
				t.Errorf("got  %v\nwant %v", got, row.want)
			}
		})
	}
}

// The names and units are API: dashboards hang on them.
func TestObserver_NamesAndUnits(t *testing.T) {
	t.Parallel()
	want := map[string]string{
		"http.client.request.duration": "s",
		"surefoot.body_failures":       "{response}", "surefoot.budget.balance": "{token}", "surefoot.call.duration": "s",
		"surefoot.circuit.state": "1", "surefoot.circuit.transitions": "{transition}", "surefoot.cool_downs": "{cool_down}",
		"surefoot.hedges": "{hedge}", "surefoot.rejections": "{attempt}", "surefoot.retries": "{retry}",
		"surefoot.limit.attempts": "{attempt}", "surefoot.limit.in_flight": "{attempt}",
		"surefoot.retry.delay": "s", "surefoot.suppressed_hedges": "{hedge}", "surefoot.suppressed_retries": "{retry}",
	}
	n := newNumbers()
	o := newObserver(t, n)
	for kind := range observe.Misconfigured + 1 {
		o.Observe(observe.Event{Kind: kind, Key: "k", Status: 503, Reason: observe.ReasonBudget, Err: io.EOF})
	}
	stack := newStack(t, answers(503), atOnce, transport.WithLimit(limit.WithMaxInFlight(7)), transport.WithPerAttempt(surefoototel.Middleware(surefoototel.WithMeterProvider(n.provider))))
	if _, err := o.Watch(stack); err != nil {
		t.Fatal(err)
	}
	_, _ = send(t, stack, newRequest(t, things))
	got := map[string]string{}
	for name, m := range n.collect(t) {
		got[name] = m.Unit
		if m.Description == "" {
			t.Errorf("%s: got no description, want one", name)
		}
	}
	if !maps.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

func TestObserver_TellsKeys(t *testing.T) {
	t.Parallel()
	rows := []struct {
		key  string
		want series
	}{
		{"https://a.example", series{"server.address": "a.example", "server.port": int64(443)}},
		{"http://a.example", series{"server.address": "a.example", "server.port": int64(80)}},
		{"https://a.example:8443", series{"server.address": "a.example", "server.port": int64(8443)}},
		{"http://[2001:db8::1]:8080", series{"server.address": "2001:db8::1", "server.port": int64(8080)}},
		{"payments", series{"surefoot.key": "payments"}},
		{"tenant://7", series{"surefoot.key": "tenant://7"}},
		{"", series{}},
	}
	for _, row := range rows {
		n := newNumbers()
		newObserver(t, n).Observe(observe.Event{Kind: observe.Hedged, Key: row.key})
		if got := points(t, n.collect(t)["surefoot.hedges"]); len(got) != 1 || !maps.Equal(got[0].attributes, row.want) {
			t.Errorf("%q: got %v, want %v", row.key, got, row.want)
		}
	}
}

// What a stack really does, from one end to the other.
func TestObserver_InAStack(t *testing.T) {
	t.Parallel()
	n := newNumbers()
	stack := newStack(t, answers(503, 200), atOnce, transport.WithObserver(newObserver(t, n)),
		transport.WithPerAttempt(surefoototel.Middleware(surefoototel.WithMeterProvider(n.provider))))
	if _, err := send(t, stack, newRequest(t, things)); err != nil {
		t.Fatal(err)
	}
	all := n.collect(t)
	if got := points(t, all["surefoot.retries"]); len(got) != 1 || got[0].value != 1 {
		t.Errorf("got retries %v, want one", got)
	}
	if got := points(t, all["surefoot.call.duration"]); len(got) != 1 || got[0].count != 1 {
		t.Errorf("got calls %v, want one", got)
	}
	attempts := points(t, all["http.client.request.duration"])
	slices.SortFunc(attempts, func(x, y point) int {
		return int(x.attributes["http.response.status_code"].(int64) - y.attributes["http.response.status_code"].(int64))
	})
	shared := series{"http.request.method": "GET", "network.protocol.version": "1.1"}
	want := []series{
		server(series{"http.response.status_code": int64(200)}),
		server(series{"http.response.status_code": int64(503), "error.type": "503"}),
	}
	for i := range want {
		maps.Copy(want[i], shared)
		if len(attempts) != 2 || !maps.Equal(attempts[i].attributes, want[i]) || attempts[i].count != 1 {
			t.Errorf("got %v, want two, one of them %v", attempts, want[i])
		}
	}
}

// A body that breaks while the caller reads it.
func TestObserver_CountsBodiesThatBreak(t *testing.T) {
	t.Parallel()
	n := newNumbers()
	stack := newStack(t, trip.Func(func(req *http.Request) (*http.Response, error) {
		resp, err := answers(200).RoundTrip(req)
		resp.Body = io.NopCloser(io.MultiReader(strings.NewReader("half"), iotest.ErrReader(io.ErrUnexpectedEOF)))
		return resp, err
	}), transport.WithObserver(newObserver(t, n)))
	_, _ = send(t, stack, newRequest(t, things))
	if got := points(t, n.collect(t)["surefoot.body_failures"]); len(got) != 1 || !maps.Equal(got[0].attributes, server(series{"error.type": "reset"})) {
		t.Errorf("got %v, want one", got)
	}
}

func TestNewObserver_TellsWhatIsWrong(t *testing.T) {
	t.Parallel()
	_, err := surefoototel.NewObserver(nil, surefoototel.WithMaxKeys(0), surefoototel.WithMeterProvider(brokenProvider{}))
	var mistake *surefoototel.ConfigError
	if !errors.As(err, &mistake) || mistake.Option != "WithMaxKeys" || !errors.Is(err, errMeter) {
		t.Errorf("got %v, want the option and the meter's error", err)
	}
	if _, err := surefoototel.NewObserver(surefoototel.WithMeterProvider(nil)); err != nil {
		t.Errorf("got %v, want the global provider to be taken", err)
	}
}

var errMeter = errors.New("out of instruments")

type brokenProvider struct{ noop.MeterProvider }

func (brokenProvider) Meter(string, ...metric.MeterOption) metric.Meter { //nolint:ireturn // the API asks for it
	return brokenMeter{}
}

type brokenMeter struct{ noop.Meter }

func (brokenMeter) Int64Counter(string, ...metric.Int64CounterOption) (metric.Int64Counter, error) { //nolint:ireturn // the API asks for it
	return noop.Int64Counter{}, errMeter
}

func (brokenMeter) RegisterCallback(metric.Callback, ...metric.Observable) (metric.Registration, error) { //nolint:ireturn // the API asks for it
	return nil, errMeter
}
