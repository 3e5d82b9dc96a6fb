// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package main

import (
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestMix_DecidesBySeedAlone(t *testing.T) {
	t.Parallel()
	m, err := parseMix(defaultMix)
	if err != nil {
		t.Fatal(err)
	}
	decisions := func(seed uint64) string {
		var s strings.Builder
		for i := range 1000 {
			for attempt := 1; attempt <= 3; attempt++ {
				f, die := m.decide(seed, "order-"+strconv.Itoa(i), attempt)
				s.WriteString(f.String() + strconv.Itoa(die) + " ")
			}
		}
		return s.String()
	}
	first, second, other := decisions(1), decisions(1), decisions(2)
	if first != second {
		t.Error("got other faults from the same seed")
	}
	if first == other {
		t.Error("got the same faults from another seed")
	}
}

func TestMix_StrikesAsOftenAsItSays(t *testing.T) {
	t.Parallel()
	m, err := parseMix("500=10,cut=5,slow=1.5")
	if err != nil {
		t.Fatal(err)
	}
	const n = 20_000
	var got [faultKinds]float64
	for i := range n {
		f, _ := m.decide(7, strconv.Itoa(i), 1)
		got[f] += 100. / n
	}
	for f := range got {
		want := m.percent[f]
		if fault(f) == faultNone {
			want = 100 - 16.5
		}
		if diff := got[f] - want; diff > 1 || diff < -1 {
			t.Errorf("%v: got %.1f %%, want about %.1f %%", fault(f), got[f], want)
		}
	}
}

func TestParseMix(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, in, want, err string }{
		{"the default", defaultMix, defaultMix, ""},
		{"none", "none", "none", ""},
		{"empty", "", "none", ""},
		{"spaces and order", " outage=1s, 503=4 ,500=2.5", "500=2.5,503=4,outage=1s", ""},
		{"the last one counts", "500=99,500=1,502=2", "500=1,502=2", ""},
		{"an unknown fault", "501=1", "", "want one of 500, 502"},
		{"no number", "500=often", "", "want percent"},
		{"no value", "500", "", "want percent"},
		{"negative", "500=-1", "", "want percent"},
		{"not a number", "500=NaN", "", "want percent"},
		{"no duration", "outage=1", "", "want a duration"},
		{"negative outage", "outage=-1s", "", "want a duration"},
		{"too much", "500=60,502=60", "", "add up to 120 %"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m, err := parseMix(tt.in)
			if tt.err != "" {
				if err == nil || !strings.Contains(err.Error(), tt.err) {
					t.Errorf("got error %v, want %q", err, tt.err)
				}
				return
			}
			if err != nil || m.String() != tt.want {
				t.Errorf("got %v, %v, want %s", m, err, tt.want)
			}
		})
	}
}

// ask sends a payment to a service and returns the status, 0 for an error, and
// the error of the answer's body.
func ask(t *testing.T, client *http.Client, svc *service, p sent) (int, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), p.method, svc.url()+p.path, strings.NewReader(p.body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+testAPIKey)
	req.Header.Set(headerIdempotencyKey, p.key)
	req.Header.Set(headerRequestID, "id")
	resp, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	defer func() { _ = resp.Body.Close() }()
	_, err = io.ReadAll(resp.Body)
	return resp.StatusCode, err
}

func TestInjector_MakesEachFault(t *testing.T) {
	t.Parallel()
	tests := []struct {
		fault   string
		status  int
		broken  bool
		applied int
	}{
		{"500", 500, false, 0},
		{"502", 502, false, 1},
		{"503", 503, false, 0},
		{"504", 504, false, 1},
		{"reset-before", 0, true, 0},
		{"reset-after", 0, true, 1},
		{"slow", 201, false, 1},
		{"cut", 201, true, 1},
	}
	for _, tt := range tests {
		t.Run(tt.fault, func(t *testing.T) {
			t.Parallel()
			m, err := parseMix(tt.fault + "=100")
			if err != nil {
				t.Fatal(err)
			}
			svc, err := startService(t.Context(), m, 1, 10*time.Millisecond)
			if err != nil {
				t.Fatal(err)
			}
			defer svc.close()
			transport := &http.Transport{DisableKeepAlives: true} // net/http sends again on kept connections
			status, err := ask(t, &http.Client{Transport: transport}, svc, pay("a", "k"))
			if status != tt.status || (err != nil) != tt.broken {
				t.Errorf("got %d, %v, want %d, broken %v", status, err, tt.status, tt.broken)
			}
			svc.close()
			if got := len(svc.ledger.byReference()["a"]); got != tt.applied {
				t.Errorf("got %d entries, want %d", got, tt.applied)
			}
			if got := svc.injector.strikes()[tt.fault]; got != 1 || svc.injector.arrivals("id") != 1 {
				t.Errorf("got %d strikes of %d requests, want 1 of 1", got, svc.injector.arrivals("id"))
			}
		})
	}
}

func TestService_ConflictWhileTheFirstIsSlow(t *testing.T) {
	t.Parallel()
	m, err := parseMix("slow=100")
	if err != nil {
		t.Fatal(err)
	}
	svc, err := startService(t.Context(), m, 1, time.Second)
	if err != nil {
		t.Fatal(err)
	}
	defer svc.close()
	impatient := &http.Client{Transport: &http.Transport{ResponseHeaderTimeout: 50 * time.Millisecond}}
	if status, err := ask(t, impatient, svc, pay("a", "k")); status != 0 {
		t.Errorf("got %d, %v, want a timeout", status, err)
	}
	if status, err := ask(t, impatient, svc, pay("a", "k")); status != http.StatusConflict {
		t.Errorf("got %d, %v, want 409", status, err)
	}
	svc.close() // waits for the work that was given up
	if got := len(svc.ledger.byReference()["a"]); got != 1 {
		t.Errorf("got %d entries, want 1", got)
	}
}

func TestService_ComesBackOnItsPort(t *testing.T) {
	t.Parallel()
	svc, err := startService(t.Context(), mix{}, 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer svc.close()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	svc.down()
	var op *net.OpError
	if _, err := ask(t, client, svc, pay("a", "k")); !errors.As(err, &op) || op.Op != "dial" {
		t.Errorf("got %v, want a refused connection", err)
	}
	if err := svc.up(t.Context()); err != nil {
		t.Fatal(err)
	}
	if status, err := ask(t, client, svc, pay("a", "k")); status != http.StatusCreated {
		t.Errorf("got %d, %v, want 201", status, err)
	}
}
