// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package surefootprom_test

import (
	"context"
	"fmt"
	"io"
	"math"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"

	"github.com/surefoot-go/surefoot/classify"
	"github.com/surefoot-go/surefoot/observe"
	surefootprom "github.com/surefoot-go/surefoot/observe/prom"
	"github.com/surefoot-go/surefoot/retry"
	"github.com/surefoot-go/surefoot/transport"
	"github.com/surefoot-go/surefoot/trip"
)

// answers returns a base that gives the statuses in turn, and the last one for
// ever. It is for one goroutine, unless there is only one status.
func answers(statuses ...int) trip.Func {
	i := 0
	return func(req *http.Request) (*http.Response, error) {
		trip.CloseBody(req)
		status := statuses[i]
		if i < len(statuses)-1 {
			i++
		}
		return &http.Response{
			StatusCode: status, Header: http.Header{}, Body: http.NoBody, Request: req,
			Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		}, nil
	}
}

// atOnce retries without a wait to speak of.
var atOnce = transport.WithRetry(retry.WithBackoff(time.Nanosecond, time.Nanosecond))

func build(tb testing.TB, base http.RoundTripper, opts ...transport.Option) *transport.Transport {
	tb.Helper()
	t, err := transport.New(base, opts...)
	if err != nil {
		tb.Fatal(err)
	}
	return t
}

func collect(tb testing.TB, t *transport.Transport, opts ...surefootprom.Option) *surefootprom.Collector {
	tb.Helper()
	c, err := surefootprom.New(t, opts...)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// registry is one that finds every inconsistency.
func registry(tb testing.TB, collectors ...prometheus.Collector) *prometheus.Registry {
	tb.Helper()
	r := prometheus.NewPedanticRegistry()
	for _, c := range collectors {
		if err := r.Register(c); err != nil {
			tb.Fatal(err)
		}
	}
	return r
}

// get makes a call and reads the answer.
func get(tb testing.TB, rt http.RoundTripper, url string) {
	tb.Helper()
	getWith(tb.Context(), tb, rt, url)
}

func getWith(ctx context.Context, tb testing.TB, rt http.RoundTripper, url string) {
	tb.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		tb.Fatal(err)
	}
	if resp, err := rt.RoundTrip(req); err == nil {
		_, _ = io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
	}
}

// series returns the series of these metrics as they are written in queries,
// without client and with a value; of a histogram, how often it was told.
func series(tb testing.TB, g prometheus.Gatherer, names ...string) []string {
	tb.Helper()
	var lines []string
	for _, name := range names {
		for _, m := range family(tb, g, name) {
			var labels []string
			for _, l := range m.GetLabel() {
				if l.GetName() != "client" {
					labels = append(labels, l.GetName()+"="+l.GetValue())
				}
			}
			value := m.GetCounter().GetValue() + m.GetGauge().GetValue() + float64(m.GetHistogram().GetSampleCount())
			lines = append(lines, fmt.Sprintf("%s{%s} %v", strings.TrimPrefix(name, "surefoot_"), strings.Join(labels, ","), value))
		}
	}
	return lines
}

// same complains if got is not just what is wanted, in any order.
func same(tb testing.TB, got []string, want ...string) {
	tb.Helper()
	got, want = slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want))
	if !slices.Equal(got, want) {
		tb.Errorf("got\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}

// family returns the metrics of a name.
func family(tb testing.TB, g prometheus.Gatherer, name string) []*dto.Metric {
	tb.Helper()
	families, err := g.Gather()
	if err != nil {
		tb.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == name {
			return f.GetMetric()
		}
	}
	return nil
}

// event returns one with a key and an outcome, which is 503.
func event(kind observe.Kind) observe.Event {
	return observe.Event{
		Kind: kind, Key: "https://example.com", Method: "GET", Attempt: 1, Status: 503,
		Verdict:  classify.Verdict{Class: classify.Retryable, Reason: classify.ReasonStatus},
		Duration: 20 * time.Millisecond,
	}
}

// well returns the event of something that went well.
func well(kind observe.Kind, key string) observe.Event {
	e := event(kind)
	e.Key, e.Status, e.Verdict = key, 200, classify.Verdict{Class: classify.Success, Reason: classify.ReasonStatus}
	return e
}

// Values of verdicts and bounds.
var (
	rejected = classify.Verdict{Reason: classify.ReasonRejected, NotSent: true}
	reset    = classify.ReasonReset
	nan, inf = math.NaN(), math.Inf(1)
)
