// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package classify_test

import (
	"math"
	"math/big"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/surefoot-go/surefoot/classify"
)

const serverDate = "Tue, 01 Sep 2026 12:00:00 GMT"

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	const most = time.Duration(math.MaxInt64)
	for _, test := range []struct {
		name   string
		values []string
		want   time.Duration
		ok     bool
	}{
		{"no field", nil, 0, false},
		{"no value", []string{""}, 0, false},
		{"zero", []string{"0"}, 0, true},
		{"seconds", []string{"120"}, 2 * time.Minute, true},
		{"leading zeros", []string{"0000000000000000000000000000007"}, 7 * time.Second, true},
		{"white space around", []string{" \t12 "}, 12 * time.Second, true},
		{"white space within", []string{"1 2"}, 0, false},
		{"a plus sign", []string{"+12"}, 0, false},
		{"a minus sign", []string{"-12"}, 0, false},
		{"a fraction", []string{"1.5"}, 0, false},
		{"a unit", []string{"12s"}, 0, false},
		{"an exponent", []string{"1e3"}, 0, false},
		{"hexadecimal", []string{"0x10"}, 0, false},
		{"digits of another script", []string{"١٢"}, 0, false},
		{"the most seconds that fit", []string{"9223372036"}, 9223372036 * time.Second, true},
		{"one more", []string{"9223372037"}, most, true},
		{"what overflows 64 bits", []string{"18446744073709551617"}, most, true},
		{"a hundred nines", []string{string(make100('9'))}, most, true},
		{"IMF-fixdate", []string{"Tue, 01 Sep 2026 12:00:30 GMT"}, 30 * time.Second, true},
		{"RFC 850 date", []string{"Tuesday, 01-Sep-26 12:01:00 GMT"}, time.Minute, true},
		{"asctime date", []string{"Tue Sep  1 12:00:05 2026"}, 5 * time.Second, true},
		{"a date with white space around", []string{" Tue, 01 Sep 2026 12:00:30 GMT\t"}, 30 * time.Second, true},
		{"a date that has passed", []string{"Tue, 01 Sep 2026 11:59:59 GMT"}, 0, true},
		{"a date far away", []string{"Fri, 31 Dec 9999 23:59:59 GMT"}, most, true},
		{"a date that does not exist", []string{"Tue, 31 Sep 2026 12:00:30 GMT"}, 0, false},
		{"a date of RFC 3339", []string{"2026-09-01T12:00:30Z"}, 0, false},
		{"the longest of several", []string{"5", "60", "30"}, time.Minute, true},
		{"the longest of several kinds", []string{"5", "Tue, 01 Sep 2026 12:00:30 GMT"}, 30 * time.Second, true},
		{"the valid one of several", []string{"soon", "5", "-60"}, 5 * time.Second, true},
		{"several in one field are none", []string{"5, 60"}, 0, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			resp := response(503, test.values...)
			resp.Header.Set("Date", serverDate)
			got, ok := classify.RetryAfter(resp)
			if got != test.want || ok != test.ok {
				t.Errorf("got %v, %v, want %v, %v", got, ok, test.want, test.ok)
			}
		})
	}
}

func make100(b byte) []byte {
	digits := make([]byte, 100)
	for i := range digits {
		digits[i] = b
	}
	return digits
}

func TestRetryAfter_WithoutDateOfTheServer(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, date string }{
		{"none", ""},
		{"a malformed one", "today"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { // whose clock stands still
				resp := response(503, time.Now().Add(90*time.Second).UTC().Format(http.TimeFormat))
				if test.date != "" {
					resp.Header.Set("Date", test.date)
				}
				if got, ok := classify.RetryAfter(resp); got != 90*time.Second || !ok {
					t.Errorf("got %v, %v, want 1m30s, true", got, ok)
				}
			})
		})
	}
}

func TestRetryAfter_NoResponse(t *testing.T) {
	t.Parallel()
	if got, ok := classify.RetryAfter(nil); got != 0 || ok {
		t.Errorf("got %v, %v, want 0s, false", got, ok)
	}
}

func FuzzRetryAfter(f *testing.F) {
	for _, seed := range []string{"", "0", "120", " 7\t", "-1", "+1", "1.5", "9223372036", "9223372037", "99999999999999999999", serverDate, "Tuesday, 01-Sep-26 12:01:00 GMT", "Tue Sep  1 12:00:05 2026"} {
		f.Add(seed, serverDate)
	}
	f.Add("Fri, 31 Dec 9999 23:59:59 GMT", "Mon, 01 Jan 0001 00:00:00 GMT")
	f.Fuzz(func(t *testing.T, value, date string) {
		resp := response(503, value)
		resp.Header.Set("Date", date)
		got, ok := classify.RetryAfter(resp)
		if got < 0 || !ok && got != 0 {
			t.Fatalf("%q: got %v, %v", value, got, ok)
		}
		if !onlyDigits(value) {
			return
		}
		want, _ := new(big.Int).SetString(value, 10)
		want.Mul(want, big.NewInt(int64(time.Second)))
		if !want.IsInt64() {
			want.SetInt64(math.MaxInt64)
		}
		if got != time.Duration(want.Int64()) || !ok {
			t.Errorf("%q: got %d, %v, want %d, true", value, got, ok, want)
		}
	})
}

func onlyDigits(s string) bool {
	for _, r := range s {
		if r < '0' || r > '9' {
			return false
		}
	}
	return s != ""
}
