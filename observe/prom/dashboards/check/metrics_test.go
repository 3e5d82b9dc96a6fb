// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package check_test

import (
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"

	"github.com/surefoot-go/surefoot/breaker"
	"github.com/surefoot-go/surefoot/classify"
	"github.com/surefoot-go/surefoot/hedge"
	"github.com/surefoot-go/surefoot/limit"
	"github.com/surefoot-go/surefoot/observe"
	surefootprom "github.com/surefoot-go/surefoot/observe/prom"
	"github.com/surefoot-go/surefoot/retry"
	"github.com/surefoot-go/surefoot/transport"
	"github.com/surefoot-go/surefoot/trip"
)

// A metric is what a query may ask for.
type metric struct {
	labels map[string]map[string]bool // names, and the values that were seen
	values []sample
}

// A sample is a series and its value.
type sample struct {
	series  string
	value   float64
	counter bool
}

// known is what the Collector tells, by the names that queries use.
type known map[string]*metric

func (k known) metric(name string) *metric {
	m := k[name]
	if m == nil {
		m = &metric{labels: map[string]map[string]bool{}}
		k[name] = m
	}
	return m
}

func (m *metric) add(labels []*dto.LabelPair, name string, value float64, counter bool) {
	text := make([]string, 0, len(labels)+2)
	for _, l := range labels {
		if m.labels[l.GetName()] == nil {
			m.labels[l.GetName()] = map[string]bool{}
		}
		m.labels[l.GetName()][l.GetValue()] = true
		text = append(text, fmt.Sprintf("%s=%q", l.GetName(), l.GetValue()))
	}
	text = append(text, `job="shop"`, `instance="a"`)
	m.values = append(m.values, sample{name + "{" + strings.Join(text, ",") + "}", value, counter})
}

// metrics runs a script once and returns what the Collector tells after it.
var metrics = sync.OnceValues(func() (known, error) {
	all := known{}
	registry := prometheus.NewPedanticRegistry()
	collector, err := run(registry)
	if err != nil {
		return nil, err
	}
	families, err := registry.Gather()
	if err != nil {
		return nil, err
	}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			all.add(f, m)
		}
	}
	return all, all.missing(collector)
})

var bucketLabel = "le"

func (k known) add(f *dto.MetricFamily, m *dto.Metric) {
	name := f.GetName()
	h := m.GetHistogram()
	if h == nil {
		value := m.GetCounter().GetValue() + m.GetGauge().GetValue()
		k.metric(name).add(m.GetLabel(), name, value, m.GetCounter() != nil)
		return
	}
	k.metric(name+"_count").add(m.GetLabel(), name+"_count", float64(h.GetSampleCount()), true)
	k.metric(name+"_sum").add(m.GetLabel(), name+"_sum", h.GetSampleSum(), true)
	bound := func(le string, count uint64) {
		with := append(slices.Clone(m.GetLabel()), &dto.LabelPair{Name: &bucketLabel, Value: &le})
		k.metric(name+"_bucket").add(with, name+"_bucket", float64(count), true)
	}
	for _, b := range h.GetBucket() {
		bound(fmt.Sprint(b.GetUpperBound()), b.GetCumulativeCount())
	}
	bound(fmt.Sprint(math.Inf(1)), h.GetSampleCount())
}

var described = regexp.MustCompile(`fqName: "(\w+)"`)

// missing complains if the script does not reach a metric that the Collector
// can tell.
func (k known) missing(c prometheus.Collector) error {
	ch := make(chan *prometheus.Desc, 100)
	c.Describe(ch)
	close(ch)
	if len(ch) < 20 {
		return fmt.Errorf("got %d descriptions, want more", len(ch))
	}
	for d := range ch {
		match := described.FindStringSubmatch(d.String())
		if match == nil {
			return fmt.Errorf("cannot read the description %s", d)
		}
		if k[match[1]] == nil && k[match[1]+"_count"] == nil {
			return fmt.Errorf("the script does not reach %s", match[1])
		}
	}
	return nil
}

// run makes calls through a stack for the gauges, and hands over an event of
// every kind with every reason and outcome for all that is counted.
func run(registry *prometheus.Registry) (*surefootprom.Collector, error) {
	status := http.StatusOK
	base := trip.Func(func(req *http.Request) (*http.Response, error) {
		trip.CloseBody(req)
		header := http.Header{}
		if status == http.StatusTooManyRequests {
			header.Set("Retry-After", "3600") // too long to wait for
		}
		return &http.Response{StatusCode: status, Header: header, Body: http.NoBody, Request: req}, nil
	})
	stack, err := transport.New(base, transport.WithHedging(hedge.WithDelay(time.Minute)),
		transport.WithLimit(limit.WithMaxInFlight(100)), transport.WithRetry(retry.WithBackoff(time.Nanosecond, time.Nanosecond)),
		transport.WithBreaker(breaker.WithMinRequests(10), breaker.WithFailureRatio(0.5)))
	if err != nil {
		return nil, err
	}
	collector, err := surefootprom.New(stack)
	if err != nil {
		return nil, err
	}
	const failing, held = "https://example.com", "https://held.example"
	for _, c := range []struct {
		url    string
		status int
	}{{failing, 200}, {failing, 503}, {held, 200}, {"https://busy.example", 429}} {
		status = c.status
		for range 50 {
			req, err := http.NewRequest(http.MethodGet, c.url, http.NoBody)
			if err != nil {
				return nil, err
			}
			if resp, err := stack.RoundTrip(req); err == nil {
				_, _ = io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
			}
		}
	}
	if !stack.ForceOpen(held) {
		return nil, errors.New("got no circuit that can be held open")
	}
	for kind := observe.AttemptFinished; kind <= observe.Misconfigured; kind++ {
		everything(kind, collector.Observe)
	}
	return collector, registry.Register(collector)
}

// reasons are those that are handed over; that they are all of package observe,
// the linter sees to in the Collector.
var reasons = []observe.Reason{
	observe.ReasonMaxAttempts, observe.ReasonBudget, observe.ReasonDeadline, observe.ReasonNotIdempotent,
	observe.ReasonNever, observe.ReasonBody, observe.ReasonRetryAfter, observe.ReasonVeto, observe.ReasonOpen,
	observe.ReasonLimit, observe.ReasonCoolDown, observe.ReasonCanceled, observe.ReasonSchedule, observe.ReasonNested,
}

func everything(kind observe.Kind, tell func(observe.Event)) {
	e := observe.Event{Kind: kind, Key: "https://example.com", Method: http.MethodGet, Wait: time.Second, Duration: 20 * time.Millisecond}
	for attempt := range 5 {
		e.Attempt = attempt + 1
		for _, row := range []struct {
			class  classify.Class
			status int
		}{
			{classify.Success, 101},
			{classify.Success, 200},
			{classify.Success, 304},
			{classify.Terminal, 404},
			{classify.Retryable, 429},
			{classify.Retryable, 503},
		} {
			e.Status, e.Err, e.Verdict = row.status, nil, classify.Verdict{Class: row.class, Reason: classify.ReasonStatus}
			tell(e)
		}
		for reason := classify.ReasonCanceled; reason <= classify.ReasonOther; reason++ {
			e.Status, e.Err, e.Verdict = 0, errors.New("an error"), classify.Verdict{Class: classify.Retryable, Reason: reason}
			if reason == classify.ReasonCanceled || reason == classify.ReasonRejected {
				e.Verdict.Class = classify.Unknown
			}
			tell(e)
		}
	}
	for _, e.Reason = range reasons {
		tell(e)
	}
}

func everyMetric(t *testing.T) known {
	t.Helper()
	all, err := metrics()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// The other tests build on what the script reaches, and a metric that it does
// not reach has no values to check.
func TestScript_ReachesWhatItCan(t *testing.T) {
	t.Parallel()
	all := everyMetric(t)
	for name, values := range map[string]map[string][]string{
		"surefoot_calls_total":              {"attempts": {"1", "4", "5+"}, "class": {"success", "retryable", "terminal", "unknown"}, "outcome": {"2xx", "rejected", "timeout"}},
		"surefoot_circuit_state":            {"state": {"open", "half_open", "closed"}},
		"surefoot_retries_suppressed_total": {"reason": {"budget", "max_attempts"}},
	} {
		for label, values := range values {
			for _, value := range values {
				if m := all[name]; m == nil || !m.labels[label][value] {
					t.Errorf("got no %s with %s=%q", name, label, value)
				}
			}
		}
	}
}
