// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/surefoot-go/surefoot/trip"
)

// drill runs the program and returns its report and exit code.
func drill(t *testing.T, sabotage trip.Middleware, args ...string) (*report, int) {
	t.Helper()
	var out, errs bytes.Buffer
	code := run(t.Context(), append(args, "-json"), &out, &errs, sabotage)
	r := new(report)
	if err := json.Unmarshal(out.Bytes(), r); err != nil {
		t.Fatalf("got no report: %v; exit code %d, stderr %s", err, code, &errs)
	}
	if errs.Len() > 0 {
		t.Errorf("got %q on stderr, want nothing: it is no terminal", &errs)
	}
	return r, code
}

func TestRun_EveryCallEndsRight(t *testing.T) {
	t.Parallel()
	r, code := drill(t, nil, "-count", "300", "-rate", "0", "-seed", "3",
		"-faults", "500=3,502=3,503=1,504=2,reset-before=3,reset-after=3,slow=1,cut=2,outage=30ms")
	if code != exitOK || !r.OK {
		t.Errorf("got exit code %d, %+v, want 0", code, r.Ledger)
	}
	if r.Calls != 300 || r.Ledger.Payments.Asked < 150 || r.Ledger.Refunds.Asked == 0 {
		t.Errorf("got %d calls, %d payments and %d refunds, want 300 of them", r.Calls, r.Ledger.Payments.Asked, r.Ledger.Refunds.Asked)
	}
	for name, c := range map[string]ledgerCount{"payments": r.Ledger.Payments, "refunds": r.Ledger.Refunds} {
		if c.AppliedTwice != 0 {
			t.Errorf("%s: got %d applied twice, want 0", name, c.AppliedTwice)
		}
		if c.Asked != c.Answered+c.UnknownAtFirst+c.NotSent || c.Asked != c.Answered+c.Settled+c.Unknown+c.NeverSent || c.Asked != c.Applied+c.NotApplied {
			t.Errorf("%s: the counts do not add up: %+v", name, c)
		}
	}
	if r.Ledger.Refunds.Unknown != 0 {
		t.Errorf("got %d refunds unknown, want 0: they have idempotency keys", r.Ledger.Refunds.Unknown)
	}
	calls, again := 0, 0
	for _, o := range r.Outcomes {
		calls, again = calls+o.Calls, again+o.Again
	}
	if calls != r.Calls || again != r.AskedAgain {
		t.Errorf("got %d and %d outcomes for %d and %d calls", calls, again, r.Calls, r.AskedAgain)
	}
	if r.Made.Mistakes == 0 || r.Made.MistakesRefused != r.Made.Mistakes {
		t.Errorf("got %d of %d mistakes turned down, want all", r.Made.MistakesRefused, r.Made.Mistakes)
	}
}

func TestRun_WithoutFaultsTakesOneAttemptEach(t *testing.T) {
	t.Parallel()
	r, code := drill(t, nil, "-count", "200", "-rate", "0", "-concurrency", "4", "-faults", "none")
	if code != exitOK {
		t.Errorf("got exit code %d, want 0", code)
	}
	if r.Retries["no answer in time"] > 0 {
		t.Skip("this machine is too slow for the attempt timeout")
	}
	if r.Attempts != 200 || r.Arrived != 200 || r.AskedAgain != 0 || len(r.Retries) != 0 {
		t.Errorf("got %d attempts, %d arrived, %d asked again, retries %v", r.Attempts, r.Arrived, r.AskedAgain, r.Retries)
	}
	for _, n := range r.NotRetried {
		if n.Reason != reasonTerminal || n.Count != r.Made.Mistakes {
			t.Errorf("got %+v, want the mistakes only", n)
		}
	}
}

func TestRun_EventsAgreeWithTheWire(t *testing.T) {
	t.Parallel()
	cfg, err := parseFlags([]string{"-count", "300", "-rate", "0", "-seed", "5", "-faults", "500=5,reset-after=3,slow=2,outage=20ms"}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	events := newTally()
	r, err := drive(t.Context(), cfg, events, io.Discard)
	if err != nil || !r.OK {
		t.Fatalf("got %+v, %v", r, err)
	}
	if events.told != r.Attempts || events.finished != r.Calls+r.AskedAgain {
		t.Errorf("got events of %d attempts in %d calls, want %d in %d", events.told, events.finished, r.Attempts, r.Calls+r.AskedAgain)
	}
	// A retry that is due is not made if the caller's deadline passes first.
	if got, want := sum(r.Retries), r.Attempts+events.rejected-r.Calls-r.AskedAgain; got < want {
		t.Errorf("got %d retries, want %d: attempts, sent or rejected, less calls", got, want)
	}
}

func TestRun_TellsAtOnceThatNobodyAnswers(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	var out, errs bytes.Buffer
	code := run(t.Context(), []string{"-url", server.URL}, &out, &errs, nil)
	if code != exitBroken || out.Len() > 0 || !strings.Contains(errs.String(), "does not answer") {
		t.Errorf("got exit code %d, stdout %q, stderr %q", code, &out, &errs)
	}
}

// resend sends each POST without an idempotency key twice, as a client does
// that retries whatever fails. Its first answer is the one that counts.
func resend(next http.RoundTripper) http.RoundTripper {
	return trip.Func(func(req *http.Request) (*http.Response, error) {
		if req.Method == http.MethodPost && req.Header.Get(headerIdempotencyKey) == "" {
			again := req.Clone(req.Context())
			again.Body, _ = req.GetBody()
			if resp, err := next.RoundTrip(again); err == nil {
				_, _ = io.Copy(io.Discard, resp.Body)
				_ = resp.Body.Close()
			}
		}
		return next.RoundTrip(req)
	})
}

func TestRun_SeesAPaymentAppliedTwice(t *testing.T) {
	t.Parallel()
	r, code := drill(t, resend, "-count", "100", "-rate", "0", "-faults", "none")
	if code != exitBroken || r.Ledger.Payments.AppliedTwice == 0 || r.Ledger.KeylessTwice == 0 || len(r.Ledger.Broken) == 0 {
		t.Errorf("got exit code %d, %+v, want payments applied twice", code, r.Ledger)
	}
}

func TestRun_SeesALostAnswer(t *testing.T) {
	t.Parallel()
	// spoil makes a layer that spoils answers of a status.
	spoil := func(status int, with func(*http.Response) (*http.Response, error)) trip.Middleware {
		return func(next http.RoundTripper) http.RoundTripper {
			return trip.Func(func(req *http.Request) (*http.Response, error) {
				resp, err := next.RoundTrip(req)
				if err != nil || resp.StatusCode != status {
					return resp, err
				}
				return with(resp)
			})
		}
	}
	replace := func(resp *http.Response, body string) (*http.Response, error) {
		_ = resp.Body.Close()
		resp.Body, resp.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
		return resp, nil
	}
	tests := []struct {
		name     string
		sabotage trip.Middleware
		why      string
	}{
		{"an error in place of a status", spoil(422, func(resp *http.Response) (*http.Response, error) {
			_ = resp.Body.Close()
			return nil, errors.New("giving up")
		}), "422 arrived, and the caller was given the error giving up"},
		{"another status", spoil(201, func(resp *http.Response) (*http.Response, error) {
			resp.StatusCode = http.StatusAccepted
			return resp, nil
		}), "202 that did not arrive"},
		{"a body that was read", spoil(422, func(resp *http.Response) (*http.Response, error) {
			_, _ = io.Copy(io.Discard, resp.Body)
			return resp, nil
		}), "the caller was given 0 others"},
		{"a body cut short", spoil(201, func(resp *http.Response) (*http.Response, error) {
			half, _ := io.ReadAll(io.LimitReader(resp.Body, 10))
			return replace(resp, string(half))
		}), "10 bytes of the body, and there were more"},
		{"another body", spoil(201, func(resp *http.Response) (*http.Response, error) {
			_, _ = io.Copy(io.Discard, resp.Body)
			return replace(resp, `{"id":"pay_1"}`)
		}), "the caller was given 14 others"},
		{"a body that breaks", spoil(201, func(resp *http.Response) (*http.Response, error) {
			resp.Body = struct {
				io.Reader
				io.Closer
			}{io.MultiReader(resp.Body, failing{}), resp.Body}
			return resp, nil
		}), "the body arrived whole, and the caller was given the error broken"},
		{"an answer nobody sent", func(http.RoundTripper) http.RoundTripper {
			return trip.Func(func(req *http.Request) (*http.Response, error) {
				_ = req.Body.Close()
				return &http.Response{StatusCode: http.StatusCreated, Body: http.NoBody, Request: req}, nil
			})
		}, "201 that did not arrive"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r, code := drill(t, tt.sabotage, "-count", "100", "-rate", "0", "-faults", "none")
			if code != exitBroken || r.Ledger.AnswersLost == 0 {
				t.Errorf("got exit code %d, %d answers lost, want 1 and some", code, r.Ledger.AnswersLost)
			}
			if !slices.ContainsFunc(r.Ledger.Broken, func(s string) bool { return strings.Contains(s, tt.why) }) {
				t.Errorf("got %q, want %q", r.Ledger.Broken, tt.why)
			}
		})
	}
}

// failing is a reader that fails.
type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("broken") }

func TestRun_AgainstAnotherServer(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer((&api{ledger: newLedger()}).handler())
	defer server.Close()
	args := []string{"-count", "60", "-rate", "0", "-url", server.URL + "/"}
	r, code := drill(t, nil, args...)
	if code != exitOK || r.Embedded || r.Target != server.URL || r.Ledger.Payments.Answered == 0 || r.Ledger.Payments.Applied != 0 {
		t.Errorf("got exit code %d, %+v", code, r)
	}
	var out bytes.Buffer
	if code := run(t.Context(), args, &out, io.Discard, nil); code != exitOK {
		t.Errorf("got exit code %d, want 0", code)
	}
	for _, want := range []string{"was not checked", "OK: no answer was lost."} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("got no %q in\n%s", want, &out)
		}
	}
	if strings.Contains(out.String(), "applied twice") {
		t.Errorf("got a word on what was applied, which nobody knows, in\n%s", &out)
	}
}

func TestRun_Interrupted(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	n := 0
	stop := func(next http.RoundTripper) http.RoundTripper {
		return trip.Func(func(req *http.Request) (*http.Response, error) {
			if n++; n == 20 {
				cancel()
			}
			return next.RoundTrip(req)
		})
	}
	var out bytes.Buffer
	code := run(ctx, []string{"-count", "1000", "-concurrency", "1", "-rate", "0"}, &out, io.Discard, stop)
	if code != exitInterrupted || !strings.Contains(out.String(), "INTERRUPTED") {
		t.Errorf("got exit code %d, want %d, of\n%s", code, exitInterrupted, &out)
	}
}

func TestRun_WrongFlags(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"-count", "0"},
		{"-concurrency", "0"},
		{"-rate", "-1"},
		{"-rate", "NaN"},
		{"-faults", "501=3"},
		{"-url", "localhost:80"},
		{"-url", "ftp://host"},
		{"-seed", "-1"},
		{"-nonsense"},
		{"argument"},
	} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			t.Parallel()
			var out, errs bytes.Buffer
			if code := run(t.Context(), args, &out, &errs, nil); code != exitUsage || out.Len() > 0 || errs.Len() == 0 {
				t.Errorf("got exit code %d, stdout %q, stderr %q", code, &out, &errs)
			}
		})
	}
	if code := run(t.Context(), []string{"-h"}, io.Discard, io.Discard, nil); code != exitOK {
		t.Errorf("got exit code %d for -h, want 0", code)
	}
}

func TestPlanner_PlansBySeed(t *testing.T) {
	t.Parallel()
	plan := func(seed uint64) (text string, kinds map[callKind]int) {
		var s strings.Builder
		p := &planner{run: "r", seed: seed}
		p.paid(receipt{"pay_1", 500, "key-x"})
		kinds = map[callKind]int{}
		for i := range 400 {
			c := p.plan(i)
			kinds[c.kind]++
			s.WriteString(c.method + c.path + string(c.body) + c.idempotencyKey + "\n")
		}
		return s.String(), kinds
	}
	first, kinds1 := plan(1)
	second, _ := plan(1)
	other, _ := plan(2)
	if first != second {
		t.Error("got other calls from the same seed")
	}
	if first == other {
		t.Error("got the same calls from another seed")
	}
	for k := range kinds {
		if kinds1[k] == 0 {
			t.Errorf("got no call of kind %d among %v", k, slices.Sorted(maps.Keys(kinds1)))
		}
	}
}
