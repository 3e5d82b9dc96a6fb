// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package classify_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/surefoot-go/surefoot/classify"
)

// limited returns a response with fields, as names and values.
func limited(status int, fields ...string) *http.Response {
	resp := &http.Response{StatusCode: status, Header: http.Header{}, Body: http.NoBody}
	for i := 0; i < len(fields); i += 2 {
		resp.Header.Add(fields[i], fields[i+1])
	}
	return resp
}

func TestRateLimitWait(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	serverTime, err := http.ParseTime(serverDate)
	if err != nil {
		t.Fatal(err)
	}
	unix := func(in time.Duration) string { return strconv.FormatInt(serverTime.Add(in).Unix(), 10) }
	for _, test := range []struct {
		name   string
		fields []string
		want   time.Duration // 0 for none
	}{
		{"no field", nil, 0},
		// draft-ietf-httpapi-ratelimit-headers-10, RateLimit and RateLimit-Policy.
		{"used up", []string{"RateLimit", `"default";r=0;t=30`}, 30 * time.Second},
		{"used up, by a token", []string{"RateLimit", `default;r=0;t=30`}, 30 * time.Second},
		{"not used up", []string{"RateLimit", `"default";r=50;t=30`}, 0},
		{"with its policy", []string{"RateLimit", `"default";r=0;t=7`, "RateLimit-Policy", `"default";q=100;w=10`}, 7 * time.Second},
		{"a policy alone", []string{"RateLimit-Policy", `"default";q=0;w=10`}, 0},
		{"with a partition key", []string{"RateLimit", `"peruser";r=0;t=5;pk=:cHNsZWVw:`}, 5 * time.Second},
		{"parameters in another order", []string{"RateLimit", `"default" ; t=30 ; r=0`}, 30 * time.Second},
		{"one of several used up", []string{"RateLimit", `"a";r=1;t=9, "b";r=0;t=3`}, 3 * time.Second},
		{"the longest of several used up", []string{"RateLimit", `"a";r=0;t=9, "b";r=0;t=3`}, 9 * time.Second},
		{"in several fields", []string{"RateLimit", `"a";r=0;t=2`, "RateLimit", `"b";r=0;t=3`}, 3 * time.Second},
		{"without a time", []string{"RateLimit", `"default";r=0`}, 0},
		{"without a rest", []string{"RateLimit", `"default";t=30`}, 0},
		{"a rest in a string", []string{"RateLimit", `"x;r=0;t=30";r=1;t=30`}, 0},
		{"separators in a string", []string{"RateLimit", `"a,b;c\"";r=0;t=30`}, 30 * time.Second},
		{"a string without an end", []string{"RateLimit", `"default;r=0;t=30`}, 0},
		{"an escape at the end", []string{"RateLimit", `"default\`}, 0},
		{"a negative time", []string{"RateLimit", `"default";r=0;t=-30`}, 0},
		{"a fraction", []string{"RateLimit", `"default";r=0;t=1.5`}, 0},
		{"a rest that is a fraction", []string{"RateLimit", `"default";r=0.5;t=1`}, 0},
		{"no time at all", []string{"RateLimit", `"default";r=0;t=0`}, 0},
		{"a month", []string{"RateLimit", fmt.Sprintf(`"default";r=0;t=%d`, 31*day/time.Second)}, 31 * day},
		{"more than a month", []string{"RateLimit", fmt.Sprintf(`"default";r=0;t=%d`, 31*day/time.Second+1)}, 0},
		{"what overflows 64 bits", []string{"RateLimit", `"default";r=0;t=18446744073709551617`}, 0},
		{"the last of a name holds", []string{"RateLimit", `"default";r=0;t=30;t=5;r=1;r=0`}, 5 * time.Second},
		{"empty", []string{"RateLimit", ""}, 0},
		{"separators only", []string{"RateLimit", ",;=,;;"}, 0},
		{"too long", []string{"RateLimit", `"default";r=0;t=30;x="` + strings.Repeat("x", 1024) + `"`}, 0},
		// Draft 07, RateLimit as a dictionary.
		{"a dictionary", []string{"RateLimit", "limit=100, remaining=0, reset=50"}, 50 * time.Second},
		{"a dictionary with a rest", []string{"RateLimit", "limit=100, remaining=1, reset=50"}, 0},
		{"a dictionary with parameters", []string{"RateLimit", "limit=100;w=10, remaining=0;x=1, reset=5"}, 5 * time.Second},
		// Draft 06, RateLimit-Limit, RateLimit-Remaining and RateLimit-Reset.
		{"three fields", []string{"RateLimit-Limit", "10", "RateLimit-Remaining", "0", "RateLimit-Reset", "7"}, 7 * time.Second},
		{"three fields, not used up", []string{"RateLimit-Remaining", "1", "RateLimit-Reset", "7"}, 0},
		{"a reset alone", []string{"RateLimit-Reset", "7"}, 0},
		{"a rest alone", []string{"RateLimit-Remaining", "0"}, 0},
		{"a rest that is none", []string{"RateLimit-Remaining", "none", "RateLimit-Reset", "7"}, 0},
		{"a reset that is none", []string{"RateLimit-Remaining", "0", "RateLimit-Reset", "soon"}, 0},
		{"white space around", []string{"RateLimit-Remaining", " 0\t", "RateLimit-Reset", " 7 "}, 7 * time.Second},
		{"a long reset", []string{"RateLimit-Remaining", "0", "RateLimit-Reset", strings.Repeat("0", 1024) + "1"}, 0},
		{"the new field before the old", []string{"RateLimit", `"a";r=0;t=2`, "RateLimit-Remaining", "0", "RateLimit-Reset", "7"}, 2 * time.Second},
		{"the old where the new has a rest", []string{"RateLimit", `"a";r=1;t=2`, "RateLimit-Remaining", "0", "RateLimit-Reset", "7"}, 7 * time.Second},
		// What GitHub, Twitter, Okta and many others send.
		{"X, in seconds", []string{"X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "12"}, 12 * time.Second},
		{"X, Unix time", []string{"X-RateLimit-Remaining", "0", "X-RateLimit-Reset", unix(time.Hour), "Date", serverDate}, time.Hour},
		{"X-Rate-Limit, Unix time", []string{"X-Rate-Limit-Remaining", "0", "X-Rate-Limit-Reset", unix(time.Minute), "Date", serverDate}, time.Minute},
		{"X, Unix time that has passed", []string{"X-RateLimit-Remaining", "0", "X-RateLimit-Reset", unix(-1), "Date", serverDate}, 0},
		{"X, Unix time far away", []string{"X-RateLimit-Remaining", "0", "X-RateLimit-Reset", unix(32 * day), "Date", serverDate}, 0},
		{"X, Unix time in milliseconds", []string{"X-RateLimit-Remaining", "0", "X-RateLimit-Reset", unix(time.Hour) + "000", "Date", serverDate}, 0},
		{"X, neither seconds nor Unix time", []string{"X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "999999999"}, 0},
		{"X, not used up", []string{"X-RateLimit-Remaining", "3", "X-RateLimit-Reset", "12"}, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, ok := classify.RateLimitWait(limited(429, test.fields...))
			if got != test.want || ok != (test.want > 0) {
				t.Errorf("got %v, %v, want %v", got, ok, test.want)
			}
		})
	}
	if got, ok := classify.RateLimitWait(nil); got != 0 || ok {
		t.Errorf("got %v, %v of no response, want none", got, ok)
	}
}

func TestRateLimitWait_WithoutADate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		// The clock of a bubble begins in 2000, when Unix times had a digit less.
		<-time.NewTimer(time.Until(time.Unix(1_000_000_000, 0))).C
		resp := limited(429, "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "1000000060")
		if got, ok := classify.RateLimitWait(resp); got != time.Minute || !ok {
			t.Errorf("got %v, %v, want one minute", got, ok)
		}
	})
}

// The fields come with every response; only some say that they are why.
func TestClassify_RateLimit(t *testing.T) {
	t.Parallel()
	fields := []string{"RateLimit", `"default";r=0;t=30`}
	for _, test := range []struct {
		status    int
		fields    []string
		want      time.Duration
		throttled bool
	}{
		{429, fields, 30 * time.Second, true},
		{503, fields, 30 * time.Second, true},
		{503, nil, 0, false},
		{429, nil, 0, true},
		{429, append([]string{"Retry-After", "5"}, fields...), 5 * time.Second, true},
		{503, append([]string{"Retry-After", "0"}, fields...), 0, true},
		{429, append([]string{"Retry-After", "soon"}, fields...), 30 * time.Second, true},
		{500, fields, 0, false},
		{408, fields, 0, false},
		{403, fields, 0, false},
		{200, fields, 0, false},
	} {
		v := classify.Default().Classify(nil, limited(test.status, test.fields...), nil)
		if v.RetryAfter != test.want || v.Throttled != test.throttled {
			t.Errorf("%d with %v: got %v, throttled %v, want %v, %v", test.status, test.fields, v.RetryAfter, v.Throttled, test.want, test.throttled)
		}
	}
}

// AllocsPerRun does not run beside other tests.
func TestRateLimit_AllocatesNothing(t *testing.T) { //nolint:paralleltest // see above
	for _, resp := range []*http.Response{
		limited(429, "RateLimit", `"a,b";r=0;t=9, c;r=1;t=3`),
		limited(503, "RateLimit", "limit=100, remaining=0, reset=50"),
		limited(429, "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "12"),
	} {
		if got := testing.AllocsPerRun(100, func() { classify.Default().Classify(nil, resp, nil) }); got != 0 {
			t.Errorf("%v: got %v allocations, want 0", resp.Header, got)
		}
	}
}

func FuzzRateLimit(f *testing.F) {
	for _, seed := range []string{"", "0", "30", "1788264000", `"default";r=0;t=30`, `"a\",b";r=0;t=9, c;r=1;t=3`, "limit=10, remaining=0, reset=7", `";r=0;t=1`, ",;=\\"} {
		f.Add(seed, "0", seed, serverDate)
		f.Add(seed, seed, "12", "")
	}
	f.Fuzz(func(t *testing.T, field, remaining, reset, date string) {
		resp := limited(429)
		resp.Header["Ratelimit"] = []string{field}
		resp.Header["X-Ratelimit-Remaining"] = []string{remaining}
		resp.Header["X-Ratelimit-Reset"] = []string{reset}
		resp.Header["Date"] = []string{date}
		got, ok := classify.RateLimitWait(resp)
		if got < 0 || ok != (got > 0) || got > 31*24*time.Hour {
			t.Fatalf("got %v, %v, want a wait of at most a month or none", got, ok)
		}
		if again, _ := classify.RateLimitWait(resp); again > got {
			t.Errorf("got %v and then %v, want it not to grow", got, again)
		}
		if v := classify.Default().Classify(nil, resp, nil); v.RetryAfter > got || !v.Throttled {
			t.Errorf("got verdict %+v, want a wait of %v", v, got)
		}
	})
}
