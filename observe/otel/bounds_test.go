// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package surefoototel_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strconv"
	"sync"
	"testing"

	"go.opentelemetry.io/otel"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"

	"github.com/surefoot-go/surefoot/observe"
	surefoototel "github.com/surefoot-go/surefoot/observe/otel"
	"github.com/surefoot-go/surefoot/transport"
)

func hostURL(i int) string { return fmt.Sprintf("https://%d.example", i) }

// A program that talks to any number of hosts has a bounded number of series.
func TestBounds_OfKeys(t *testing.T) {
	t.Parallel()
	n := newNumbers()
	o := newObserver(t, n, surefoototel.WithMaxKeys(3))
	stack := newStack(t, answers(503), atOnce, transport.WithObserver(o), transport.WithPerAttempt(
		surefoototel.Middleware(surefoototel.WithMeterProvider(n.provider), surefoototel.WithMaxKeys(3))))
	if _, err := o.Watch(stack); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		for i := range 10 {
			_, _ = send(t, stack, newRequest(t, hostURL(i)))
		}
	}
	all := n.collect(t)
	for name, want := range map[string]struct {
		series int
		rest   float64
	}{
		"surefoot.retries":             {4, 7 * 6},
		"surefoot.circuit.state":       {3, 0},
		"surefoot.budget.balance":      {3, 0},
		"surefoot.call.duration":       {4, 7 * 2},
		"http.client.request.duration": {4, 7 * 8},
	} {
		list := points(t, all[name])
		if len(list) != want.series {
			t.Errorf("%s: got %d series, want %d", name, len(list), want.series)
		}
		rest := 0.0
		for _, p := range list {
			if p.attributes["server.address"] == "_OTHER" {
				rest = p.value
				if p.count > 0 {
					rest = float64(p.count)
				}
			}
		}
		if rest != want.rest {
			t.Errorf("%s: got %v for all others, want %v", name, rest, want.rest)
		}
	}
}

// A span is no series: it tells its server however many there are.
func TestBounds_DoNotHoldForSpans(t *testing.T) {
	t.Parallel()
	s := newSpans()
	rt := s.around(answers(200), surefoototel.WithMaxKeys(1))
	for i := range 3 {
		_, _ = send(t, rt, newRequest(t, hostURL(i)))
	}
	for i, span := range s.memory.GetSpans() {
		if got, want := told(span)["server.address"], fmt.Sprintf("%d.example", i); got != want {
			t.Errorf("got %v, want %s", got, want)
		}
	}
}

// A Middleware cannot return an error, so it tells the handler and makes do.
func TestBounds_OfAMiddlewareThatAreWrong(t *testing.T) {
	t.Parallel()
	var told []error
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { told = append(told, err) }))
	n := newNumbers()
	rt := surefoototel.Middleware(surefoototel.WithMeterProvider(n.provider), surefoototel.WithMaxKeys(0))(answers(200))
	_, _ = send(t, rt, newRequest(t, things))
	if got := points(t, n.collect(t)["http.client.request.duration"]); len(got) != 1 || got[0].attributes["server.address"] != "api.example.com" {
		t.Errorf("got %v, want the default bound", got)
	}
	var mistake *surefoototel.ConfigError
	if len(told) != 1 || !errors.As(told[0], &mistake) || mistake.Option != "WithMaxKeys" {
		t.Errorf("got %v, want the mistake", told)
	}
}

// More combinations than are kept are counted all the same, and correctly.
func TestBounds_OfWhatIsKept(t *testing.T) {
	t.Parallel()
	reader := sdkmetric.NewManualReader(sdkmetric.WithCardinalityLimitSelector(
		func(sdkmetric.InstrumentKind) (int, bool) { return 0, false }))
	n := &numbers{sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader)), reader}
	o := newObserver(t, n)
	const reasons = 10_000
	for range 2 {
		for i := range reasons {
			o.Observe(observe.Event{Kind: observe.Rejected, Key: hostURL(0), Reason: observe.Reason(strconv.Itoa(i))})
		}
	}
	list := points(t, n.collect(t)["surefoot.rejections"])
	if len(list) != reasons {
		t.Fatalf("got %d series, want %d", len(list), reasons)
	}
	for _, p := range list {
		if p.value != 2 {
			t.Fatalf("got %v, want 2", p)
		}
	}
}

func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	const workers, calls = 8, 50
	s, n := newSpans(), newNumbers()
	o := newObserver(t, n, surefoototel.WithMaxKeys(5))
	stack := newStack(t, answers(200), transport.WithObserver(o), transport.WithPerAttempt(
		surefoototel.Middleware(s.options(surefoototel.WithMeterProvider(n.provider), surefoototel.WithMaxKeys(5))...)))
	stop, err := o.Watch(stack)
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			for i := range calls {
				req, err := http.NewRequestWithContext(context.WithoutCancel(t.Context()), http.MethodGet, hostURL(i%10), http.NoBody)
				if err != nil {
					t.Error(err)
					return
				}
				_, _ = send(t, stack, req)
			}
		})
	}
	group.Go(func() {
		for range calls {
			n.collect(t)
		}
	})
	group.Wait()
	stop()
	var total uint64
	for _, p := range points(t, n.collect(t)["http.client.request.duration"]) {
		total += p.count
	}
	if got := len(s.memory.GetSpans()); got != workers*calls || total != workers*calls {
		t.Errorf("got %d spans and %d durations, want %d of each", got, total, workers*calls)
	}
}

// Durations are those of the spans, to the nanosecond.
func TestMiddleware_MeasuresWhatTheSpanSays(t *testing.T) {
	t.Parallel()
	s, n := newSpans(), newNumbers()
	rt := s.around(answers(404), surefoototel.WithMeterProvider(n.provider), surefoototel.WithURLScheme())
	req := newRequest(t, things)
	_, _ = send(t, rt, req.WithContext(surefoototel.URLTemplate(req.Context(), "/{kind}")))
	span, list := s.only(t), points(t, n.collect(t)["http.client.request.duration"])
	want := server(series{
		"http.request.method": "GET", "http.response.status_code": int64(404), "error.type": "404",
		"network.protocol.version": "1.1", "url.scheme": "https", "url.template": "/{kind}",
	})
	if len(list) != 1 || !maps.Equal(list[0].attributes, want) {
		t.Fatalf("got %v, want %v", list, want)
	}
	if took := span.EndTime.Sub(span.StartTime).Seconds(); took != list[0].value {
		t.Errorf("got %v, want %v", list[0].value, took)
	}
}
