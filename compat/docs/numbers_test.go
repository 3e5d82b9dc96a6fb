// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package docs_test

import (
	"math"
	"math/rand/v2"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/surefoot-go/surefoot/retry"
	"github.com/surefoot-go/surefoot/transport"
	"github.com/surefoot-go/surefoot/trip"
)

const numbersPage = "docs/timeouts-attempts-budgets.md"

var number = regexp.MustCompile(`\d+(\.\d+)?`)

// rows returns the numbers in the rows of the table with that first line.
func rows(t *testing.T, head string) [][]float64 {
	t.Helper()
	// By a link inside of this module, or go test would not see a change.
	text, err := os.ReadFile("../testdata/root/" + numbersPage)
	if err != nil {
		if text, err = os.ReadFile("../../" + numbersPage); err != nil {
			t.Fatal(err)
		}
	}
	_, table, ok := strings.Cut(string(text), head+"\n")
	if !ok {
		t.Fatalf("%s has no table %s", numbersPage, head)
	}
	table, _, _ = strings.Cut(table, "\n\n")
	var rows [][]float64
	for line := range strings.Lines(table) {
		var row []float64
		for _, s := range number.FindAllString(line, -1) {
			f, err := strconv.ParseFloat(s, 64)
			if err != nil {
				t.Fatal(err)
			}
			row = append(row, f)
		}
		if row != nil {
			rows = append(rows, row)
		}
	}
	if len(rows) < 5 {
		t.Fatalf("got %d rows of %s", len(rows), head)
	}
	return rows
}

// status answers by a function.
func status(of func() int) http.RoundTripper {
	return trip.Func(func(req *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: of(), Header: http.Header{}, Body: http.NoBody, Request: req}, nil
	})
}

func send(t *testing.T, rt http.RoundTripper) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://api.test/", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := rt.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	return resp.StatusCode
}

// What the waits of a call come to, which the page tells for each number of
// attempts.
func TestTimeoutsPage_TheWaitsAreThose(t *testing.T) {
	t.Parallel()
	for _, row := range rows(t, "| attempts | shortest | in the middle | longest |") {
		attempts, shortest, middle, longest := int(row[0]), row[1], row[2], row[3]
		synctest.Test(t, func(t *testing.T) {
			rt, err := transport.New(status(func() int { return http.StatusServiceUnavailable }),
				transport.WithRetry(retry.WithMaxAttempts(attempts), retry.WithoutBudget()), transport.WithoutBreaker())
			if err != nil {
				t.Fatal(err)
			}
			const calls = 2000
			sum, least, most := 0.0, math.Inf(1), 0.0
			for range calls {
				start := time.Now()
				send(t, rt)
				ms := float64(time.Since(start)) / float64(time.Millisecond)
				sum, least, most = sum+ms, min(least, ms), max(most, ms)
			}
			if least < shortest-1 || most > longest+1 {
				t.Errorf("%d attempts: waits from %.0f to %.0f ms, and the page says %.0f to %.0f", attempts, least, most, shortest, longest)
			}
			if mean := sum / calls; math.Abs(mean-middle) > 0.03*middle {
				t.Errorf("%d attempts: %.0f ms on average, and the page says %.0f", attempts, mean, middle)
			}
			if wide := longest - shortest; most-least < 0.75*wide {
				t.Errorf("%d attempts: the waits spread over %.0f ms, and the page says %.0f", attempts, most-least, wide)
			}
		})
	}
}

// How many calls the default stack saves where answers fail at random.
func TestTimeoutsPage_TheBudgetSavesThatMany(t *testing.T) {
	t.Parallel()
	for _, row := range rows(t, "| answers that fail | calls that succeed | attempts a call |") {
		synctest.Test(t, func(t *testing.T) {
			const calls, rate = 10_000, 12
			draw := rand.New(rand.NewPCG(1, 2))
			good, attempts := 0, 0
			rt, err := transport.New(status(func() int {
				if attempts++; 100*draw.Float64() < row[0] {
					return http.StatusServiceUnavailable
				}
				return http.StatusOK
			}))
			if err != nil {
				t.Fatal(err)
			}
			next := time.Now()
			for range calls {
				next = next.Add(time.Second / rate)
				time.Sleep(time.Until(next))
				if send(t, rt) == http.StatusOK {
					good++
				}
			}
			if got := 100 * float64(good) / calls; math.Abs(got-row[1]) > 1 {
				t.Errorf("of %.0f %% failing, %.1f %% of the calls succeed, and the page says %.1f", row[0], got, row[1])
			}
			if got := float64(attempts) / calls; math.Abs(got-row[2]) > 0.02 {
				t.Errorf("of %.0f %% failing, %.2f attempts a call, and the page says %.2f", row[0], got, row[2])
			}
		})
	}
}
