// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package transport_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/surefoot-go/surefoot/breaker"
	"github.com/surefoot-go/surefoot/hedge"
	"github.com/surefoot-go/surefoot/limit"
	"github.com/surefoot-go/surefoot/observe"
	"github.com/surefoot-go/surefoot/retry"
	"github.com/surefoot-go/surefoot/timeout"
	"github.com/surefoot-go/surefoot/transport"
	"github.com/surefoot-go/surefoot/trip"
)

// answer returns a base that gives the status and counts the attempts.
func answer(status int, attempts *int) trip.Func {
	return func(req *http.Request) (*http.Response, error) {
		*attempts++
		trip.CloseBody(req)
		return &http.Response{StatusCode: status, Header: http.Header{}, Body: http.NoBody, Request: req}, nil
	}
}

func get(t *testing.T, rt http.RoundTripper, target string) (*http.Response, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, target, nil)
	if err != nil {
		t.Fatal(err)
	}
	return rt.RoundTrip(req)
}

func build(t *testing.T, base http.RoundTripper, opts ...transport.Option) *transport.Transport {
	t.Helper()
	tr, err := transport.New(base, opts...)
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	return tr
}

func TestString_NamesTheLayersInTheirOrder(t *testing.T) {
	t.Parallel()
	mw := func(next http.RoundTripper) http.RoundTripper { return next }
	tests := []struct {
		name string
		base http.RoundTripper
		opts []transport.Option
		want string
	}{
		{"the default", nil, nil, "retry (4 attempts) → breaker → *http.Transport"},
		{"everything, given in another order", trip.Func(nil), []transport.Option{
			transport.WithPerAttempt(mw, nil, mw), transport.WithAttemptTimeout(time.Second), transport.WithPerCall(mw),
			transport.WithIdempotencyKeys(), transport.WithTotalTimeout(3 * time.Second), transport.WithRetry(retry.WithMaxAttempts(2)),
		}, "per-call middleware ×1 → total timeout 3s → idempotency keys → retry (2 attempts) → breaker → attempt timeout 1s → per-attempt middleware ×2 → trip.Func"},
		{
			"hedging and a limit between retry and breaker", trip.Func(nil),
			[]transport.Option{transport.WithLimit(), transport.WithHedging()},
			"retry (4 attempts) → hedging → limit → breaker → trip.Func",
		},
		{"nothing", trip.Func(nil), []transport.Option{transport.WithoutRetry(), transport.WithoutBreaker(), nil}, "trip.Func"},
		{"retry comes back", trip.Func(nil), []transport.Option{transport.WithoutRetry(), transport.WithRetry(), transport.WithoutBreaker()}, "retry (4 attempts) → trip.Func"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := build(t, tt.base, tt.opts...).String(); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestNew_RunsTheLayersInTheirOrder(t *testing.T) {
	t.Parallel()
	var seen []string
	note := func(name string) trip.Middleware {
		return func(next http.RoundTripper) http.RoundTripper {
			return trip.Func(func(req *http.Request) (*http.Response, error) {
				seen = append(seen, fmt.Sprintf("%s %d", name, retry.Attempt(req.Context())))
				return next.RoundTrip(req)
			})
		}
	}
	attempts := 0
	tr := build(t, answer(http.StatusBadGateway, &attempts),
		transport.WithPerCall(note("call")), transport.WithPerAttempt(note("a"), note("b")),
		transport.WithRetry(retry.WithMaxAttempts(2), retry.WithBackoff(1, 1)))
	if _, err := get(t, tr, "http://example.com"); err != nil {
		t.Fatal(err)
	}
	if want := []string{"call 1", "a 1", "b 1", "a 2", "b 2"}; !slices.Equal(seen, want) {
		t.Errorf("got %v, want %v", seen, want)
	}
}

func TestNew_TellsEveryMistakeAtOnce(t *testing.T) {
	t.Parallel()
	tr, err := transport.New(nil,
		transport.WithAttemptTimeout(-time.Second), transport.WithTotalTimeout(0),
		transport.WithRetry(retry.WithMaxAttempts(0), retry.WithBackoff(time.Minute, time.Second)),
		transport.WithBreaker(breaker.WithFailureRatio(math.NaN()), breaker.WithProbes(-1)))
	if tr != nil {
		t.Error("got a Transport beside the error")
	}
	want := []string{
		"transport: WithAttemptTimeout: -1s", "transport: WithTotalTimeout: 0s",
		"retry: WithMaxAttempts: 0", "retry: WithBackoff: 1s",
		"breaker: WithFailureRatio: NaN", "breaker: WithProbes: -1",
	}
	var got []string
	for _, e := range leaves(err) {
		var mistake *transport.ConfigError
		if !errors.As(e, &mistake) || mistake.Reason == "" {
			t.Errorf("got %T %v, want a *ConfigError with a reason", e, e)
			continue
		}
		got = append(got, fmt.Sprintf("%s: %s: %v", mistake.Package, mistake.Option, mistake.Value))
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if _, err := transport.New(nil, transport.WithAttemptTimeout(2), transport.WithTotalTimeout(1)); err == nil {
		t.Error("got no error for an attempt timeout over the total timeout")
	}
	if c, err := transport.Wrap(nil, transport.WithTotalTimeout(0)); c != nil || err == nil {
		t.Errorf("got %v, %v, want an error alone", c, err)
	}
}

func leaves(err error) []error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var all []error
		for _, e := range joined.Unwrap() {
			all = append(all, leaves(e)...)
		}
		return all
	}
	return []error{err}
}

func TestWrap_CopiesTheClient(t *testing.T) {
	t.Parallel()
	base := &http.Transport{}
	c := &http.Client{Transport: base, Timeout: time.Hour}
	wrapped, err := transport.Wrap(c)
	if err != nil {
		t.Fatal(err)
	}
	if c.Transport != base || wrapped == c || wrapped.Timeout != time.Hour {
		t.Errorf("got %+v from %+v, want a copy with another Transport", wrapped, c)
	}
	if tr, ok := wrapped.Transport.(*transport.Transport); !ok || tr.Unwrap() != base {
		t.Errorf("got Transport %v, want one around the client's", wrapped.Transport)
	}
	if zero, err := transport.Wrap(nil); err != nil || zero.Transport.(*transport.Transport).Unwrap() != http.DefaultTransport {
		t.Errorf("got %v, %v, want a client around http.DefaultTransport", zero, err)
	}
}

type idler struct {
	trip.Func
	closed int
}

func (i *idler) CloseIdleConnections() { i.closed++ }

func TestCloseIdleConnections_ReachesTheBasePastMiddleware(t *testing.T) {
	t.Parallel()
	base := &idler{}
	opaque := func(next http.RoundTripper) http.RoundTripper { return trip.Func(next.RoundTrip) }
	(&http.Client{Transport: build(t, base, transport.WithPerAttempt(opaque))}).CloseIdleConnections()
	if base.closed == 0 {
		t.Error("the call did not reach the base")
	}
}

func TestNew_ABaseThatRetriesDoesNotMultiplyAttempts(t *testing.T) {
	t.Parallel()
	quick := transport.WithRetry(retry.WithBackoff(1, 1), retry.WithMaxAttempts(3))
	visible := func(next http.RoundTripper) http.RoundTripper { return &unwrapper{next} }
	tests := []struct {
		name string
		wrap func(t *testing.T, base http.RoundTripper, logger transport.Option) http.RoundTripper
		want int
		warn int
	}{
		{"a Transport in a Transport", func(t *testing.T, base http.RoundTripper, logger transport.Option) http.RoundTripper {
			return build(t, build(t, base, quick), quick, logger)
		}, 3, 1},
		{"three Transports", func(t *testing.T, base http.RoundTripper, logger transport.Option) http.RoundTripper {
			return build(t, build(t, build(t, base, quick), quick), quick, logger)
		}, 3, 1},
		{"a Transport beneath middleware", func(t *testing.T, base http.RoundTripper, logger transport.Option) http.RoundTripper {
			return build(t, visible(build(t, base, quick)), quick, logger)
		}, 3, 1},
		{"a retry layer alone", func(t *testing.T, base http.RoundTripper, logger transport.Option) http.RoundTripper {
			r, err := retry.New(retry.WithBackoff(1, 1), retry.WithMaxAttempts(3))
			if err != nil {
				t.Fatal(err)
			}
			return build(t, r.Wrap(base), quick, logger)
		}, 3, 1},
		{"an inner one without retry", func(t *testing.T, base http.RoundTripper, logger transport.Option) http.RoundTripper {
			return build(t, build(t, base, transport.WithoutRetry()), quick, logger)
		}, 3, 0},
		{"an outer one without retry", func(t *testing.T, base http.RoundTripper, logger transport.Option) http.RoundTripper {
			return build(t, build(t, base, quick), transport.WithoutRetry(), logger)
		}, 3, 0},
		{"a Transport that cannot be found is stopped at the first resend", func(t *testing.T, base http.RoundTripper, logger transport.Option) http.RoundTripper {
			return build(t, trip.Func(build(t, base, quick).RoundTrip), quick, logger)
		}, 3 + 2, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			core, logs := observer.New(zapcore.DebugLevel)
			attempts := 0
			rt := tt.wrap(t, answer(http.StatusServiceUnavailable, &attempts), transport.WithLogger(zap.New(core)))
			resp, err := get(t, rt, "http://example.com")
			if err != nil || resp.StatusCode != http.StatusServiceUnavailable {
				t.Fatalf("got %v, %v", resp, err)
			}
			if attempts != tt.want {
				t.Errorf("got %d attempts, want %d", attempts, tt.want)
			}
			if warned := logs.FilterLevelExact(zapcore.WarnLevel).Len(); warned != tt.warn {
				t.Errorf("got %d warnings, want %d: %v", warned, tt.warn, logs.All())
			}
		})
	}
}

type unwrapper struct{ http.RoundTripper }

func (u *unwrapper) Unwrap() http.RoundTripper { return u.RoundTripper }

func TestNew_TakesOverWhatAnInnerTransportDoesForACall(t *testing.T) {
	t.Parallel()
	var keys []string
	base := trip.Func(func(req *http.Request) (*http.Response, error) {
		trip.CloseBody(req)
		keys = append(keys, req.Header.Get("Idempotency-Key"))
		return &http.Response{StatusCode: http.StatusBadGateway, Body: http.NoBody, Header: http.Header{}}, nil
	})
	calls := 0
	perCall := func(next http.RoundTripper) http.RoundTripper {
		return trip.Func(func(req *http.Request) (*http.Response, error) {
			calls++
			return next.RoundTrip(req)
		})
	}
	inner := build(t, base, transport.WithIdempotencyKeys(), transport.WithTotalTimeout(time.Hour), transport.WithPerCall(perCall))
	outer := build(t, inner, transport.WithRetry(retry.WithBackoff(1, 1)))
	want := "per-call middleware ×1 → total timeout 1h0m0s → idempotency keys → retry (4 attempts) → breaker → trip.Func"
	if outer.String() != want {
		t.Errorf("got  %s\nwant %s", outer, want)
	}
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://example.com", strings.NewReader("x"))
	if _, err := outer.RoundTrip(req); err != nil {
		t.Fatal(err)
	}
	if len(keys) != 4 || keys[0] == "" || keys[0] != keys[3] || calls != 1 {
		t.Errorf("got keys %q in %d calls, want one key on four attempts of one call", keys, calls)
	}
}

func TestObserve_TellsOfTheStackBeneathThatWasTakenOver(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		attempts := 0
		// The circuits are those of the inner stack, the retries those of the outer.
		outer := build(t, build(t, answer(http.StatusServiceUnavailable, &attempts), transport.WithBreaker(breaker.WithMinRequests(1))))
		var kinds []observe.Kind
		stop := outer.Observe(observe.Func(func(e observe.Event) { kinds = append(kinds, e.Kind) }))
		if _, err := get(t, outer, "http://api.example.com"); err != nil {
			t.Error(err)
		}
		if !slices.Contains(kinds, observe.CircuitOpened) || !slices.Contains(kinds, observe.CallFinished) {
			t.Errorf("got events %v, want those of both stacks", kinds)
		}
		told := len(kinds)
		stop()
		stop()
		if _, err := get(t, outer, "http://api.example.com"); !errors.Is(err, breaker.ErrOpen) {
			t.Errorf("got error %v, want the circuit to be open", err)
		}
		if len(kinds) != told {
			t.Errorf("got events %v after the end, want none", kinds[told:])
		}
	})
}

//nolint:paralleltest // allocations of tests that run beside it would be counted
func TestRoundTrip_AllocatesNothingForACallThatGoesWell(t *testing.T) {
	resp := &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: http.NoBody}
	base := trip.Func(func(*http.Request) (*http.Response, error) { return resp, nil })
	post, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://api.example.com/v1/payments", bytes.NewReader(make([]byte, 1024)))
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://api.example.com/v1/payments/1", nil)
	tests := []struct {
		name string
		req  *http.Request
		opts []transport.Option
		most float64
	}{
		{"GET", req, nil, 0},
		{"POST with GetBody", post, nil, 0},
		{"with a silent logger", req, []transport.Option{transport.WithLogger(zap.NewNop())}, 0},
		{"with an observer", req, []transport.Option{transport.WithObserver(observe.Func(func(observe.Event) {}))}, 0},
		{"in a fleet", req, []transport.Option{transport.WithFleet(&fleet{})}, 0},
		{"in a fleet, with a limit", req, []transport.Option{transport.WithFleet(&fleet{}), transport.WithLimit()}, 0},
		{"with an attempt timeout", req, []transport.Option{transport.WithAttemptTimeout(time.Second)}, 3},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tr := build(t, base, tt.opts...)
			got := testing.AllocsPerRun(1000, func() {
				if got, err := tr.RoundTrip(tt.req); got != resp || err != nil {
					t.Fatalf("got %v, %v", got, err)
				}
			})
			if got > tt.most {
				t.Errorf("got %v allocations, want at most %v", got, tt.most)
			}
		})
	}
}

func TestStack_ABlackHoleOpensItsCircuitAndIsFoundAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		down, sent := true, map[string]int{}
		base := trip.Func(func(req *http.Request) (*http.Response, error) {
			sent[req.URL.Host]++
			if down && req.URL.Host == "dead.example" {
				<-req.Context().Done() // never answers
				return nil, context.Cause(req.Context())
			}
			return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: http.NoBody}, nil
		})
		tr := build(t, base, transport.WithAttemptTimeout(15*time.Second), transport.WithRetry(retry.WithMaxAttempts(1)))
		for range 30 {
			_, err := get(t, tr, "http://dead.example")
			if errors.Is(err, breaker.ErrOpen) {
				break
			}
			var late *timeout.Error
			if !errors.As(err, &late) {
				t.Fatalf("got %v, want a timeout", err)
			}
		}
		if _, err := get(t, tr, "http://dead.example"); !errors.Is(err, breaker.ErrOpen) {
			t.Fatalf("got %v after %d attempts of 15 s each, want an open circuit", err, sent["dead.example"])
		}
		if _, err := get(t, tr, "http://alive.example"); err != nil {
			t.Errorf("got %v from another host, want it untouched", err)
		}
		down = false
		back := time.Now()
		for {
			resp, err := get(t, tr, "http://dead.example")
			if err == nil && resp.StatusCode == http.StatusOK {
				break
			}
			<-time.NewTimer(50 * time.Millisecond).C
		}
		if took := time.Since(back); took > time.Second {
			t.Errorf("got the first answer %s after the host was back, want a second at most", took)
		}
	})
}

func TestRoundTrip_OddRequestsDoWhatTheBaseDoes(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		req  *http.Request
	}{
		{"no URL", &http.Request{Method: http.MethodGet, Header: http.Header{}}},
		{"no header", &http.Request{Method: http.MethodGet, URL: &url.URL{Scheme: "http", Host: "127.0.0.1:1"}}},
		{"no host", &http.Request{Method: http.MethodGet, URL: &url.URL{Scheme: "http"}, Header: http.Header{}}},
		{"no scheme", &http.Request{Method: http.MethodGet, URL: &url.URL{Host: "127.0.0.1:1"}, Header: http.Header{}}},
		{"a bad method", &http.Request{Method: "NO METHOD", URL: &url.URL{Scheme: "http", Host: "127.0.0.1:1"}, Header: http.Header{}}},
		{"a bad header", &http.Request{URL: &url.URL{Scheme: "http", Host: "127.0.0.1:1"}, Header: http.Header{"Bad Name": {"x"}}}},
		{"nothing at all", &http.Request{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			closed := 0
			body := func() io.ReadCloser { return &closer{Reader: strings.NewReader("x"), closed: &closed} }
			bare := tt.req.Clone(context.Background())
			bare.Body = body()
			_, want := (&http.Transport{}).RoundTrip(bare)
			tr := build(t, &http.Transport{}, transport.WithIdempotencyKeys(), transport.WithAttemptTimeout(time.Hour))
			stacked := tt.req.Clone(context.Background())
			stacked.Body = body()
			_, got := tr.RoundTrip(stacked)
			if want == nil || got == nil || got.Error() != want.Error() || closed != 2 {
				t.Errorf("got error %v and %d bodies closed, want error %v and 2", got, closed, want)
			}
		})
	}
}

type closer struct {
	io.Reader
	closed *int
}

func (c *closer) Close() error { *c.closed++; return nil }

// Hedges pay from the budget that the answers fill, whatever stands around them
// and whatever they are kept per.
func TestWithHedging_IsPaidByAnswers(t *testing.T) {
	t.Parallel()
	perPath := hedge.WithKey(func(req *http.Request) string { return req.URL.Path })
	hedging := func(opts ...hedge.Option) transport.Option {
		return transport.WithHedging(append(opts, hedge.WithDelay(100*time.Millisecond))...)
	}
	for name, wrap := range map[string]func(*testing.T, http.RoundTripper) *transport.Transport{
		"one stack": func(t *testing.T, base http.RoundTripper) *transport.Transport {
			return build(t, base, hedging())
		},
		"with another key": func(t *testing.T, base http.RoundTripper) *transport.Transport {
			return build(t, base, hedging(perPath))
		},
		"beneath another stack": func(t *testing.T, base http.RoundTripper) *transport.Transport {
			return build(t, build(t, base, hedging()))
		},
		"in both of two stacks": func(t *testing.T, base http.RoundTripper) *transport.Transport {
			return build(t, build(t, base, hedging()), hedging())
		},
		"around a base that retries": func(t *testing.T, base http.RoundTripper) *transport.Transport {
			r, err := retry.New()
			if err != nil {
				t.Fatal(err)
			}
			return build(t, r.Wrap(base), hedging())
		},
		"without retries": func(t *testing.T, base http.RoundTripper) *transport.Transport {
			return build(t, base, hedging(), transport.WithoutRetry())
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				const calls, slowEvery = 1000, 20
				n, hedges := 0, 0
				rt := wrap(t, trip.Func(func(req *http.Request) (*http.Response, error) {
					if hedge.Is(req.Context()) {
						hedges++
					} else if n%slowEvery == 0 {
						<-req.Context().Done()
						return nil, context.Cause(req.Context())
					}
					return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: http.NoBody, Request: req}, nil
				}))
				for n = 1; n <= calls; n++ {
					if _, err := get(t, rt, "http://api.example.com/things"); err != nil {
						t.Fatalf("call %d: %v", n, err)
					}
					synctest.Wait()
				}
				if hedges != calls/slowEvery {
					t.Errorf("got %d hedges, want one for each of %d slow calls", hedges, calls/slowEvery)
				}
				if keys := rt.Snapshot().Keys; !slices.ContainsFunc(keys, func(k transport.Key) bool {
					return k.Hedging != nil && k.Hedging.Hedges == calls/slowEvery
				}) {
					t.Errorf("got keys %+v, want the hedges among them", keys)
				}
			})
		})
	}
}

// Who comes to listen in the middle of a call is told nothing of it, rather than
// half of it with times that nobody took.
func TestObserve_InTheMiddleOfACall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var tr *transport.Transport
		var events []observe.Event
		attempts := 0
		tr = build(t, trip.Func(func(req *http.Request) (*http.Response, error) {
			attempts++
			if attempts == 1 {
				tr.Observe(observe.Func(func(e observe.Event) { events = append(events, e) }))
			}
			return &http.Response{StatusCode: http.StatusBadGateway, Header: http.Header{}, Body: http.NoBody, Request: req}, nil
		}))
		for range 2 {
			_, _ = get(t, tr, "http://api.example.com")
		}
		if len(events) == 0 || events[0].Kind != observe.AttemptFinished || events[0].Attempt != 1 {
			t.Errorf("got events %+v, want those of the second call from its beginning", events)
		}
		for _, e := range events {
			if e.Duration > time.Minute {
				t.Errorf("got %s that took %s, want a time that was taken", e.Kind, e.Duration)
			}
		}
	})
}

// What a layer beneath the retries refuses is told by its own name.
func TestObserver_IsToldWhatStoppedARetry(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var reasons []observe.Reason
		slow := trip.Func(func(req *http.Request) (*http.Response, error) {
			<-time.NewTimer(time.Second).C
			return &http.Response{
				StatusCode: http.StatusServiceUnavailable, Header: http.Header{}, Body: http.NoBody, Request: req,
			}, nil
		})
		rt := build(t, slow, transport.WithLimit(limit.WithMaxInFlight(1), limit.WithMaxWait(0)),
			transport.WithObserver(observe.Func(func(e observe.Event) {
				if e.Kind == observe.RetrySuppressed {
					mu.Lock()
					defer mu.Unlock()
					reasons = append(reasons, e.Reason)
				}
			})))
		var calls sync.WaitGroup
		for i := range 2 {
			calls.Go(func() {
				<-time.NewTimer(time.Duration(i) * 1001 * time.Millisecond).C // the second in the first one's wait
				_, _ = get(t, rt, "http://api.example.com")
			})
		}
		calls.Wait()
		if !slices.Contains(reasons, observe.ReasonLimit) {
			t.Errorf("got reasons %q, want that of the limit among them", reasons)
		}
	})
}

// A blip that a busy host has costs retries in proportion to its calls.
func TestStack_ABusyHostsBlipIsBridged(t *testing.T) {
	t.Parallel()
	for name, wrap := range map[string]func(http.RoundTripper) *transport.Transport{
		"one stack":          func(base http.RoundTripper) *transport.Transport { return build(t, base) },
		"one around another": func(base http.RoundTripper) *transport.Transport { return build(t, build(t, base)) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				const rate = 100 // calls a second
				var status atomic.Int64
				rt := wrap(trip.Func(func(req *http.Request) (*http.Response, error) {
					return &http.Response{StatusCode: int(status.Load()), Header: http.Header{}, Body: http.NoBody, Request: req}, nil
				}))
				var calls sync.WaitGroup
				var failed atomic.Int64
				run := func(d time.Duration) {
					for range int64(d / (time.Second / rate)) {
						calls.Go(func() {
							if resp, err := get(t, rt, "http://api.example.com"); err != nil || resp.StatusCode != http.StatusOK {
								failed.Add(1)
							}
						})
						<-time.NewTimer(time.Second / rate).C
					}
				}
				status.Store(http.StatusOK)
				run(10 * time.Second)
				status.Store(http.StatusServiceUnavailable)
				run(300 * time.Millisecond)
				status.Store(http.StatusOK)
				run(time.Second)
				calls.Wait()
				if failed.Load() != 0 {
					t.Errorf("got %d calls that failed, want none", failed.Load())
				}
			})
		})
	}
}

func TestSnapshot_TellsCircuitsAndBudgets(t *testing.T) {
	t.Parallel()
	attempts := 0
	tr := build(t, answer(http.StatusBadGateway, &attempts), transport.WithRetry(retry.WithBackoff(1, 1)))
	if _, err := get(t, tr, "https://b.example:443/x"); err != nil {
		t.Fatal(err)
	}
	attempts = 0
	if _, err := get(t, build(t, answer(http.StatusOK, &attempts)), "https://a.example"); err != nil {
		t.Fatal(err)
	}
	s := tr.Snapshot()
	if len(s.Keys) != 1 || s.Keys[0].Key != "https://b.example" || len(s.Layers) != 3 {
		t.Fatalf("got %+v, want the one key", s)
	}
	k := s.Keys[0]
	if k.Circuit.Failures != 4 || k.Circuit.State != breaker.Closed || k.Budget == nil || k.Budget.Tokens != 7 || k.Budget.Retries != 3 {
		t.Errorf("got %+v, want four failures and three tokens spent", k)
	}
}
