// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package surefootprom_test

import (
	"context"
	"errors"
	"flag"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cenkalti/backoff/v4"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/surefoot-go/surefoot/breaker"
	"github.com/surefoot-go/surefoot/hedge"
	"github.com/surefoot-go/surefoot/limit"
	"github.com/surefoot-go/surefoot/observe"
	surefootprom "github.com/surefoot-go/surefoot/observe/prom"
	"github.com/surefoot-go/surefoot/retry"
	"github.com/surefoot-go/surefoot/transport"
	"github.com/surefoot-go/surefoot/trip"
)

const host = "https://example.com" // as a key

// breaks is a body that ends too early.
type breaks struct{}

func (breaks) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
func (breaks) Close() error             { return nil }

// script sends calls of all kinds through a stack, in a bubble of fake time: what
// goes well, retries with and without success, a hedge that wins, an outage with
// an open circuit and its end, a body that breaks, and a server that asks for a
// wait.
func script(t *testing.T, opts ...surefootprom.Option) (*transport.Transport, *surefootprom.Collector) {
	t.Helper()
	var answer func(*http.Request) (int, time.Duration)
	base := trip.Func(func(req *http.Request) (*http.Response, error) {
		trip.CloseBody(req)
		status, after := answer(req)
		timer := time.NewTimer(after)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-req.Context().Done():
			return nil, req.Context().Err()
		}
		var body io.ReadCloser = http.NoBody
		if req.URL.Path == "/breaks" {
			body = breaks{}
		}
		header := http.Header{}
		if status == 429 {
			header.Set("Retry-After", "20")
		}
		return &http.Response{
			StatusCode: status, Header: header, Body: body, ContentLength: -1, Request: req,
			Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		}, nil
	})
	stack := build(t, base,
		transport.WithRetry(retry.WithSchedule(func() backoff.BackOff { return backoff.NewConstantBackOff(200 * time.Millisecond) })),
		transport.WithHedging(hedge.WithDelay(200*time.Millisecond)),
		transport.WithLimit(limit.WithMaxInFlight(5)),
		transport.WithBreaker(breaker.WithMinRequests(10), breaker.WithOpenFor(time.Second, time.Second)))
	c := collect(t, stack, opts...)

	always := func(status int) {
		answer = func(*http.Request) (int, time.Duration) { return status, 30 * time.Millisecond }
	}
	always(200)
	get(t, stack, "https://example.com/breaks") // the first body is always watched
	for range 20 {
		get(t, stack, "https://example.com/")
	}
	always(404)
	get(t, stack, "https://example.com/")

	var n atomic.Int32                                  // hedges have goroutines of their own
	answer = func(*http.Request) (int, time.Duration) { // every second attempt fails
		return [...]int{200, 503}[n.Add(1)%2], 30 * time.Millisecond
	}
	get(t, stack, "https://example.com/")

	n.Store(0)
	answer = func(*http.Request) (int, time.Duration) { // the first attempt hangs, its hedge does not
		return 200, [...]time.Duration{time.Hour, 30 * time.Millisecond}[n.Add(1)-1]
	}
	get(t, stack, "https://example.com/")

	always(503)
	for range 20 {
		get(t, stack, "https://example.com/")
	}
	time.Sleep(time.Second)
	always(200)
	for range 20 {
		get(t, stack, "https://example.com/")
	}

	always(429)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	for range 2 {
		getWith(ctx, t, stack, "https://example.com/")
	}
	return stack, c
}

// golden is what a server would be given after the script.
const golden = "testdata/exposition.txt"

var update = flag.Bool("update", false, "write "+golden+" anew")

func TestCollector_TellsWhatHappened(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		_, c := script(t)
		r := registry(t, c)
		if *update {
			if err := prometheus.WriteToTextfile(golden, r); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.Open(golden)
		if err != nil {
			t.Fatal(err)
		}
		defer want.Close()
		if err := testutil.GatherAndCompare(r, want); err != nil {
			t.Error(err)
		}
		problems, err := testutil.GatherAndLint(r)
		if err != nil || len(problems) != 0 {
			t.Errorf("got %v, %v of the linter, want no complaints", problems, err)
		}
	})
}

func TestObserve_CountsEachKindOfEvent(t *testing.T) {
	t.Parallel()
	with := func(e observe.Event, change func(*observe.Event)) observe.Event {
		change(&e)
		return e
	}
	failed := func(e *observe.Event) { e.Status, e.Err = 0, errors.New("secret") }
	const of = "{key=https://example.com"
	const fineAttempts = `attempts_total{class=success,key=https://example.com,outcome=2xx} `
	const fineCalls = `calls_total{attempts=1,class=success,key=https://example.com,outcome=2xx} `
	rows := []struct {
		name  string
		event observe.Event
		want  []string
	}{
		{"an attempt that went well", well(observe.AttemptFinished, "https://example.com"), []string{
			fineAttempts + "1", "attempt_duration_seconds" + of + "} 1", fineCalls + "0", "call_duration_seconds" + of + "} 0",
		}},
		{"a call that went well", well(observe.CallFinished, "https://example.com"), []string{
			fineAttempts + "0", "attempt_duration_seconds" + of + "} 0", fineCalls + "1", "call_duration_seconds" + of + "} 1",
		}},
		{"an attempt that failed", event(observe.AttemptFinished), []string{
			"attempts_total{class=retryable,key=https://example.com,outcome=5xx} 1", "attempt_duration_seconds" + of + "} 1",
			fineAttempts + "0", fineCalls + "0", "call_duration_seconds" + of + "} 0",
		}},
		{"a call of three attempts", with(event(observe.CallFinished), func(e *observe.Event) { e.Attempt = 3 }), []string{
			"calls_total{attempts=3,class=retryable,key=https://example.com,outcome=5xx} 1", "call_duration_seconds" + of + "} 1",
			fineAttempts + "0", fineCalls + "0", "attempt_duration_seconds" + of + "} 0",
		}},
		{"a call of a hundred attempts", with(event(observe.CallFinished), func(e *observe.Event) { e.Attempt = 100 }), []string{
			"calls_total{attempts=5+,class=retryable,key=https://example.com,outcome=5xx} 1", "call_duration_seconds" + of + "} 1",
			fineAttempts + "0", fineCalls + "0", "attempt_duration_seconds" + of + "} 0",
		}},
		{"an attempt that was never sent", with(event(observe.AttemptFinished), func(e *observe.Event) {
			failed(e)
			e.Verdict = rejected
		}), nil},
		{"a call that was rejected", with(event(observe.CallFinished), func(e *observe.Event) {
			failed(e)
			e.Verdict = rejected
		}), []string{
			"calls_total{attempts=1,class=unknown,key=https://example.com,outcome=rejected} 1", "call_duration_seconds" + of + "} 0",
			fineAttempts + "0", fineCalls + "0", "attempt_duration_seconds" + of + "} 0",
		}},
		{"a verdict of somebody else's", with(event(observe.AttemptFinished), func(e *observe.Event) {
			e.Status, e.Verdict.Class, e.Verdict.Reason = 999, 77, 88
		}), []string{
			"attempts_total{class=other,key=https://example.com,outcome=other} 1", "attempt_duration_seconds" + of + "} 1",
			fineAttempts + "0", fineCalls + "0", "call_duration_seconds" + of + "} 0",
		}},
		{"a retry after a status", with(event(observe.RetryScheduled), func(e *observe.Event) { e.Wait = time.Second }), []string{
			"retries_total" + of + ",reason=5xx} 1", "retry_wait_seconds" + of + "} 1",
		}},
		{"a retry after an error", with(event(observe.RetryScheduled), func(e *observe.Event) {
			failed(e)
			e.Verdict.Reason = reset
		}), []string{"retries_total" + of + ",reason=reset} 1", "retry_wait_seconds" + of + "} 1"}},
		{
			"a retry that was not made", with(event(observe.RetrySuppressed), func(e *observe.Event) { e.Reason = observe.ReasonBudget }),
			[]string{"retries_suppressed_total" + of + ",reason=budget} 1"},
		},
		{
			"a reason of somebody else's", with(event(observe.RetrySuppressed), func(e *observe.Event) { e.Reason = "request 815" }),
			[]string{"retries_suppressed_total" + of + ",reason=other} 1"},
		},
		{
			"a rejection", with(event(observe.Rejected), func(e *observe.Event) { e.Reason = observe.ReasonCoolDown }),
			[]string{"rejections_total" + of + ",reason=cool_down} 1"},
		},
		{"a circuit that opened", event(observe.CircuitOpened), []string{"circuit_transitions_total" + of + ",to=open} 1"}},
		{"a probe", event(observe.CircuitHalfOpened), []string{"circuit_transitions_total" + of + ",to=half_open} 1"}},
		{"a circuit that closed", event(observe.CircuitClosed), []string{"circuit_transitions_total" + of + ",to=closed} 1"}},
		{"a hedge", event(observe.Hedged), []string{"hedges_total" + of + "} 1"}},
		{
			"a hedge that was not sent", with(event(observe.HedgeSuppressed), func(e *observe.Event) { e.Reason = observe.ReasonBudget }),
			[]string{"hedges_suppressed_total" + of + ",reason=budget} 1"},
		},
		{"a cool-down", event(observe.CoolDownStarted), []string{"cool_downs_total" + of + "} 1"}},
		{"a body that broke", event(observe.BodyFailed), []string{"body_failures_total" + of + "} 1"}},
		{"a limit", event(observe.LimitChanged), nil},
		{"an idempotency key", event(observe.KeyAssigned), nil},
		{"a misconfiguration", event(observe.Misconfigured), nil},
		{"a kind to come", event(200), nil},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			c := collect(t, nil)
			c.Observe(row.event)
			r := registry(t, c)
			families, err := r.Gather()
			if err != nil {
				t.Fatal(err)
			}
			names := make([]string, 0, len(families))
			for _, f := range families {
				names = append(names, f.GetName())
			}
			same(t, series(t, r, names...), row.want...)
		})
	}
}

func TestNew_JoinsAllMistakes(t *testing.T) {
	t.Parallel()
	rows := []struct {
		name   string
		option surefootprom.Option
		want   string
	}{
		{"no name", surefootprom.WithName(""), `surefootprom: WithName: "": must not be empty`},
		{"a name that is no text", surefootprom.WithName("a\xff"), `surefootprom: WithName: "a` + "\uFFFD" + `": must be valid UTF-8`},
		{"no keys", surefootprom.WithMaxKeys(0), "surefootprom: WithMaxKeys: 0: must be 1 to 1000000"},
		{"too many keys", surefootprom.WithMaxKeys(1_000_001), "surefootprom: WithMaxKeys: 1000001: must be 1 to 1000000"},
		{"a bound of nought", surefootprom.WithBuckets(0, 1), "surefootprom: WithBuckets: [0 1]: must be finite, positive and in ascending order"},
		{"bounds out of order", surefootprom.WithBuckets(2, 1), "surefootprom: WithBuckets: [2 1]: must be finite, positive and in ascending order"},
		{"a bound twice", surefootprom.WithBuckets(1, 1), "surefootprom: WithBuckets: [1 1]: must be finite, positive and in ascending order"},
		{"a bound that is no number", surefootprom.WithBuckets(nan), "surefootprom: WithBuckets: [NaN]: must be finite, positive and in ascending order"},
		{"a bound without end", surefootprom.WithBuckets(1, inf), "surefootprom: WithBuckets: [1 +Inf]: must be finite, positive and in ascending order"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			c, err := surefootprom.New(nil, row.option)
			var mistake *surefootprom.ConfigError
			if c != nil || !errors.As(err, &mistake) || err.Error() != row.want {
				t.Errorf("got %v, %v, want %s", c, err, row.want)
			}
		})
	}
	_, err := surefootprom.New(nil, surefootprom.WithName(""), nil, surefootprom.WithMaxKeys(-1))
	if err == nil || strings.Count(err.Error(), "\n") != 1 {
		t.Errorf("got %v, want two mistakes", err)
	}
}

func TestWithBuckets_LeavesOutClassicOnes(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name string
		opts []surefootprom.Option
		want int
	}{
		{"by default", nil, len(surefootprom.DefaultBuckets())},
		{"its own", []surefootprom.Option{surefootprom.WithBuckets(0.1, 1)}, 2},
		{"none", []surefootprom.Option{surefootprom.WithBuckets()}, 0},
	} {
		c := collect(t, nil, row.opts...)
		c.Observe(well(observe.AttemptFinished, host))
		h := family(t, registry(t, c), "surefoot_attempt_duration_seconds")[0].GetHistogram()
		if got := len(h.GetBucket()); got != row.want {
			t.Errorf("%s: got %d classic buckets, want %d", row.name, got, row.want)
		}
		if h.GetSchema() == 0 || len(h.GetPositiveSpan()) != 1 {
			t.Errorf("%s: got %v, want a native bucket", row.name, h)
		}
	}
}

func TestCollector_SharesARegistryWithOthers(t *testing.T) {
	t.Parallel()
	var stacks [2]*transport.Transport
	r := prometheus.NewPedanticRegistry()
	for i, name := range []string{"payments", "search"} {
		stacks[i] = build(t, answers(200))
		if err := r.Register(collect(t, stacks[i], surefootprom.WithName(name))); err != nil {
			t.Fatal(err)
		}
	}
	get(t, stacks[0], "https://example.com/")
	get(t, stacks[0], "https://example.com/")
	get(t, stacks[1], "https://example.com/")
	got := map[string]float64{}
	for _, m := range family(t, r, "surefoot_calls_total") {
		for _, l := range m.GetLabel() {
			if l.GetName() == "client" {
				got[l.GetValue()] = m.GetCounter().GetValue()
			}
		}
	}
	if got["payments"] != 2 || got["search"] != 1 || len(got) != 2 {
		t.Errorf("got %v, want the calls of each", got)
	}
	var twice prometheus.AlreadyRegisteredError
	if err := r.Register(collect(t, stacks[1], surefootprom.WithName("search"))); !errors.As(err, &twice) {
		t.Errorf("got %v, want a name to be taken only once", err)
	}
}

func TestStop_LeavesTheTransport(t *testing.T) {
	t.Parallel()
	stack := build(t, answers(200))
	c := collect(t, stack)
	r := registry(t, c)
	get(t, stack, "https://example.com/")
	if got := len(series(t, r, "surefoot_circuit_state")); got != 3 {
		t.Errorf("got %d series of a circuit, want one for each state", got)
	}
	c.Stop()
	c.Stop()
	get(t, stack, "https://example.com/")
	same(t, series(t, r, "surefoot_calls_total", "surefoot_circuit_state"),
		"calls_total{attempts=1,class=success,key="+host+",outcome=2xx} 1")
}

func TestCollector_TellsNoCircuitWhereThereIsNone(t *testing.T) {
	t.Parallel()
	stack := build(t, answers(503), transport.WithoutBreaker(), atOnce)
	r := registry(t, collect(t, stack))
	get(t, stack, "https://example.com/")
	same(t, series(t, r, "surefoot_circuit_state", "surefoot_circuit_transitions_total", "surefoot_budget_tokens"),
		"budget_tokens{key="+host+"} 7")
}

func TestCollector_TellsThatACircuitIsHeldByHand(t *testing.T) {
	t.Parallel()
	stack := build(t, answers(200))
	r := registry(t, collect(t, stack))
	get(t, stack, "https://example.com/")
	stack.ForceOpen(host)
	same(t, series(t, r, "surefoot_circuit_state", "surefoot_circuit_forced"),
		"circuit_state{key="+host+",state=closed} 0", "circuit_state{key="+host+",state=half_open} 0",
		"circuit_state{key="+host+",state=open} 1", "circuit_forced{key="+host+"} 1")
}

func TestCollector_TellsOfLimits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		base := trip.Func(func(req *http.Request) (*http.Response, error) {
			time.Sleep(time.Second)
			return answers(200)(req)
		})
		stack := build(t, base, transport.WithLimit(limit.WithMaxInFlight(2), limit.WithMaxWaiting(1)))
		r := registry(t, collect(t, stack, surefootprom.WithMaxKeys(1)))
		var all sync.WaitGroup
		for _, host := range []string{"a", "b", "c"} { // of which two share a name
			for range 4 {
				all.Go(func() { get(t, stack, "https://"+host+".example/") })
				synctest.Wait()
			}
		}
		same(t, series(t, r, "surefoot_limit", "surefoot_in_flight", "surefoot_waiting", "surefoot_cool_down_seconds", "surefoot_rejections_total"),
			"limit{key=https://a.example} 2", "in_flight{key=https://a.example} 2", "waiting{key=https://a.example} 1",
			"cool_down_seconds{key=https://a.example} 0", "rejections_total{key=https://a.example,reason=limit} 1",
			"limit{key=other} 4", "in_flight{key=other} 4", "waiting{key=other} 2",
			"cool_down_seconds{key=other} 0", "rejections_total{key=other,reason=limit} 2")
		all.Wait()
	})
}

func TestCollector_TellsOfCoolDowns(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		base := trip.Func(func(req *http.Request) (*http.Response, error) {
			resp, err := answers(429)(req)
			resp.Header.Set("Retry-After", map[string]string{"a.example": "20", "b.example": "30", "c.example": "10"}[req.URL.Host])
			return resp, err
		})
		stack := build(t, base, transport.WithLimit(), transport.WithoutRetry())
		r := registry(t, collect(t, stack, surefootprom.WithMaxKeys(1)))
		for _, host := range []string{"a", "b", "c"} { // of which two share a name
			get(t, stack, "https://"+host+".example/")
		}
		time.Sleep(5 * time.Second)
		get(t, stack, "https://a.example/")
		same(t, series(t, r, "surefoot_limit", "surefoot_cool_down_seconds", "surefoot_cool_downs_total", "surefoot_rejections_total"),
			"cool_down_seconds{key=https://a.example} 15", "cool_downs_total{key=https://a.example} 1",
			"rejections_total{key=https://a.example,reason=cool_down} 1",
			"cool_down_seconds{key=other} 25", "cool_downs_total{key=other} 2")
	})
}

func TestCollector_IsSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	stack := build(t, answers(200))
	c := collect(t, stack, surefootprom.WithMaxKeys(8))
	r := registry(t, c)
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			for j := range 200 {
				get(t, stack, "https://host"+string(rune('a'+(i+j)%16))+".example/")
			}
		})
	}
	all.Go(func() {
		for range 20 {
			if _, err := r.Gather(); err != nil {
				t.Error(err)
			}
		}
	})
	all.Wait()
	sum := 0.0
	for _, m := range family(t, r, "surefoot_calls_total") {
		sum += m.GetCounter().GetValue()
	}
	if sum != 800 {
		t.Errorf("got %v calls, want all 800", sum)
	}
	all.Go(c.Stop)
	all.Go(func() { _, _ = r.Gather() })
	all.Wait()
}

func TestObserve_KeepsNothingOfACall(t *testing.T) {
	t.Parallel()
	e := event(observe.CallFinished)
	e.Context = context.WithValue(t.Context(), breaks{}, "secret")
	e.Err, e.Detail, e.Method = errors.New("secret"), "secret", "SECRET"
	c := collect(t, nil)
	for kind := observe.KindNone; kind <= observe.Misconfigured+1; kind++ {
		e.Kind, e.Reason = kind, "secret"
		c.Observe(e)
	}
	families, err := registry(t, c).Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if strings.Contains(strings.ToLower(f.String()), "secret") {
			t.Errorf("got %v, want no secret", f)
		}
	}
}
