// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package transport_test

import (
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/surefoot-go/surefoot/breaker"
	"github.com/surefoot-go/surefoot/hedge"
	"github.com/surefoot-go/surefoot/idempotency"
	"github.com/surefoot-go/surefoot/limit"
	"github.com/surefoot-go/surefoot/retry"
	"github.com/surefoot-go/surefoot/timeout"
	"github.com/surefoot-go/surefoot/transport"
	"github.com/surefoot-go/surefoot/triptest"
)

// What the documentation of each preset says that it stands for. The text of
// these functions is compared with it, and their value with the preset.

func payments() []transport.Option {
	return []transport.Option{
		transport.WithIdempotencyKeys(),
		transport.WithRetry(retry.WithBackoff(250*time.Millisecond, 5*time.Second)),
		transport.WithAttemptTimeout(10 * time.Second),
		transport.WithTotalTimeout(30 * time.Second),
	}
}

func streaming() []transport.Option {
	return []transport.Option{
		transport.WithAttemptTimeout(30 * time.Second),
		transport.WithoutTotalTimeout(),
		transport.WithoutHedging(),
	}
}

var presets = []struct {
	name   string
	preset transport.Option
	list   []transport.Option
	layers string
}{
	{
		"Payments", transport.Payments(), payments(),
		"total timeout 30s → idempotency keys → retry (4 attempts) → breaker → attempt timeout 10s → *http.Transport",
	},
	{
		"Streaming", transport.Streaming(), streaming(),
		"retry (4 attempts) → breaker → attempt timeout 30s → *http.Transport",
	},
}

func TestPresets_StandForTheOptionsOfTheirDocumentation(t *testing.T) {
	t.Parallel()
	for _, p := range presets {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			documented := codeIn(docOf(t, "presets.go", p.name))
			if written := returned(t, "presets_test.go", strings.ToLower(p.name)); !slices.Equal(documented, written) {
				t.Errorf("the documentation lists\n\t%s\nand this test\n\t%s",
					strings.Join(documented, "\n\t"), strings.Join(written, "\n\t"))
			}
			got := build(t, nil, p.preset)
			if got.String() != p.layers {
				t.Errorf("got the layers %q, want %q", got, p.layers)
			}
			if diff := differ(got, build(t, nil, p.list...)); diff != "" {
				t.Errorf("the preset and what it stands for are not the same: %s", diff)
			}
		})
	}
}

// The comparison would be worth nothing if it could not see a difference.
func TestPresets_AnyOtherOptionMakesAnotherStack(t *testing.T) {
	t.Parallel()
	others := map[string]transport.Option{
		"attempts":    transport.WithRetry(retry.WithMaxAttempts(5)),
		"waits":       transport.WithRetry(retry.WithBackoff(251*time.Millisecond, 5*time.Second)),
		"budget":      transport.WithRetry(retry.WithBudget(11, 0.1)),
		"Retry-After": transport.WithRetry(retry.WithRetryAfterLimit(time.Second)),
		"no retries":  transport.WithoutRetry(),
		"header":      transport.WithIdempotencyKeys(idempotency.WithHeader("X-Request-ID")),
		"attempt":     transport.WithAttemptTimeout(999 * time.Millisecond),
		"total":       transport.WithTotalTimeout(31 * time.Second),
		"ratio":       transport.WithBreaker(breaker.WithFailureRatio(0.5)),
		"window":      transport.WithBreaker(breaker.WithWindow(time.Minute + time.Second)),
		"no breaker":  transport.WithoutBreaker(),
		"limit":       transport.WithLimit(limit.WithMaxInFlight(5)),
		"hedging":     transport.WithHedging(),
		"quantile":    transport.WithHedging(hedge.WithQuantile(0.9)),
	}
	for name, other := range others {
		for _, p := range presets {
			if differ(build(t, nil, p.preset, other), build(t, nil, p.list...)) == "" {
				t.Errorf("%s and %s: no difference was seen", p.name, name)
			}
		}
	}
	if differ(build(t, nil, others["hedging"]), build(t, nil, others["quantile"])) == "" {
		t.Error("hedging at another quantile: no difference was seen")
	}
}

func TestPresets_LaterOptionsOverride(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		opts []transport.Option
		same []transport.Option
	}{
		{
			"one option of Payments",
			[]transport.Option{transport.Payments(), transport.WithAttemptTimeout(3 * time.Second)},
			append(payments(), transport.WithAttemptTimeout(3*time.Second)),
		},
		{
			"and the others stay",
			[]transport.Option{transport.Payments(), transport.WithRetry(retry.WithMaxAttempts(2))},
			[]transport.Option{
				transport.WithIdempotencyKeys(), transport.WithAttemptTimeout(10 * time.Second), transport.WithTotalTimeout(30 * time.Second),
				transport.WithRetry(retry.WithMaxAttempts(2), retry.WithBackoff(250*time.Millisecond, 5*time.Second)),
			},
		},
		{
			"what came before a preset, it overrides",
			[]transport.Option{transport.WithTotalTimeout(time.Hour), transport.Payments()},
			payments(),
		},
		{
			"a total timeout and hedging before Streaming go",
			[]transport.Option{transport.WithTotalTimeout(time.Second), transport.WithHedging(hedge.WithDelay(1)), transport.Streaming()},
			streaming(),
		},
		{
			"after it they stay",
			[]transport.Option{transport.Streaming(), transport.WithTotalTimeout(time.Minute), transport.WithHedging()},
			append(streaming(), transport.WithTotalTimeout(time.Minute), transport.WithHedging()),
		},
		{
			"one preset after the other",
			[]transport.Option{transport.Payments(), transport.Streaming()},
			append(payments(), streaming()...),
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := differ(build(t, nil, tt.opts...), build(t, nil, tt.same...)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// What an option has set, its Without takes back, and what comes after that counts
// again.
func TestOptions_CanBeTakenBack(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name      string
		set, back transport.Option
	}{
		{"hedging", transport.WithHedging(hedge.WithDelay(1)), transport.WithoutHedging()},
		{"limit", transport.WithLimit(limit.WithMaxInFlight(5)), transport.WithoutLimit()},
		{"attempt timeout", transport.WithAttemptTimeout(time.Second), transport.WithoutAttemptTimeout()},
		{"total timeout", transport.WithTotalTimeout(time.Second), transport.WithoutTotalTimeout()},
		{"idempotency keys", transport.WithIdempotencyKeys(idempotency.WithHeader("X-Request-ID")), transport.WithoutIdempotencyKeys()},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := differ(build(t, nil, tt.set, tt.back), build(t, nil)); diff != "" {
				t.Errorf("taken back: %s", diff)
			}
			if diff := differ(build(t, nil, tt.set, tt.back, tt.set), build(t, nil, tt.set)); diff != "" {
				t.Errorf("set again: %s", diff)
			}
			if differ(build(t, nil, tt.set), build(t, nil)) == "" {
				t.Error("the option makes no difference, so this proves nothing")
			}
		})
	}
}

func TestOptions_AreAppliedInTheirOrder(t *testing.T) {
	t.Parallel()
	first, second := transport.WithTotalTimeout(time.Second), transport.WithTotalTimeout(2*time.Second)
	if diff := differ(build(t, nil, transport.Options(first, nil, second)), build(t, nil, second)); diff != "" {
		t.Error(diff)
	}
}

func TestPayments_ATotalTimeoutUnderTheAttemptTimeoutIsRefused(t *testing.T) {
	t.Parallel()
	_, err := transport.New(nil, transport.Payments(), transport.WithTotalTimeout(9*time.Second))
	var mistake *transport.ConfigError
	if !errors.As(err, &mistake) || mistake.Option != "WithAttemptTimeout" {
		t.Errorf("got %v, want a mistake of WithAttemptTimeout", err)
	}
}

// A payment that hangs is given up, tried again with the same key while there
// is time, and told from one that was not sent.
func TestPayments_OneKeyForAllAttemptsWithinTheTotal(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		script := triptest.NewScript(triptest.Block())
		tr := build(t, script, transport.Payments())
		start := time.Now()
		req, _ := http.NewRequest(http.MethodPost, "https://api.example.com/payments", strings.NewReader("{}"))
		_, err := tr.RoundTrip(req)
		var late *timeout.Error
		if !errors.As(err, &late) {
			t.Errorf("got %v, want a *timeout.Error", err)
		}
		if took := time.Since(start); took != 30*time.Second {
			t.Errorf("it took %v, want 30s", took)
		}
		attempts := script.Attempts()
		if len(attempts) != 3 {
			t.Fatalf("got %d attempts, want the three that fit", len(attempts))
		}
		for _, a := range attempts {
			key := a.Header.Get("Idempotency-Key")
			if key == "" || key != attempts[0].Header.Get("Idempotency-Key") {
				t.Errorf("got the key %q, want that of the first attempt", key)
			}
		}
	})
}

// An answer that goes on for hours is not cut short, and one that does not
// begin is given up.
func TestStreaming_BoundsTheHeadersAndNotTheBody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		words := func(w io.Writer) error {
			for range 3 {
				time.Sleep(time.Hour)
				if _, err := io.WriteString(w, "word "); err != nil {
					return err
				}
			}
			return nil
		}
		script := triptest.NewScript(triptest.Block(), triptest.Respond(200).After(29*time.Second).Stream(words))
		start := time.Now()
		resp, err := get(t, build(t, script, transport.Streaming()), "https://model.example.com/answers")
		if err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took < 59*time.Second || took > 60*time.Second {
			t.Errorf("the headers took %v, want 30s, a short wait and 29s", took)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if string(body) != "word word word " || err != nil {
			t.Errorf("got %q, %v", body, err)
		}
	})
}
