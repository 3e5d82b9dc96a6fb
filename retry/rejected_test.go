// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package retry_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"

	"github.com/surefoot-go/surefoot/observe"
	"github.com/surefoot-go/surefoot/retry"
	"github.com/surefoot-go/surefoot/trip"
)

// wantCut wants a 502 whose body ends too early. The rejection in its place
// would say that nothing was sent.
func wantCut(length int) func(*testing.T, *http.Response, error) {
	return func(t *testing.T, resp *http.Response, err error) {
		t.Helper()
		if err != nil || resp.StatusCode != http.StatusBadGateway {
			t.Fatalf("got %v, %v, want the 502", resp, err)
		}
		body, err := io.ReadAll(resp.Body)
		if len(body) != length || !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("got a body of %d bytes, %v, want %d and io.ErrUnexpectedEOF", len(body), err, length)
		}
		if err := resp.Body.Close(); err != nil {
			t.Errorf("got error %v closing it, want none", err)
		}
	}
}

func TestRetry_ARejectedResendHandsOverTheOutcomeBefore(t *testing.T) {
	t.Parallel()
	reset := errors.New("reset")
	tests := []struct {
		name  string
		first func() (*http.Response, error)
		check func(t *testing.T, resp *http.Response, err error)
	}{
		{
			"a response with its body",
			func() (*http.Response, error) {
				return &http.Response{StatusCode: http.StatusBadGateway, ContentLength: -1, Body: io.NopCloser(strings.NewReader("why"))}, nil
			},
			func(t *testing.T, resp *http.Response, err error) {
				t.Helper()
				if err != nil || resp.StatusCode != http.StatusBadGateway {
					t.Fatalf("got %v, %v, want the 502", resp, err)
				}
				if body, err := io.ReadAll(resp.Body); string(body) != "why" || err != nil {
					t.Errorf("got body %q, %v, want it whole", body, err)
				}
			},
		},
		{
			"a response without a body",
			func() (*http.Response, error) {
				return &http.Response{StatusCode: http.StatusBadGateway, Body: http.NoBody}, nil
			},
			func(t *testing.T, resp *http.Response, err error) {
				t.Helper()
				if err != nil || resp.StatusCode != http.StatusBadGateway || resp.Body != http.NoBody {
					t.Errorf("got %v, %v, want the 502", resp, err)
				}
			},
		},
		{
			"an error",
			func() (*http.Response, error) { return nil, reset },
			func(t *testing.T, resp *http.Response, err error) {
				t.Helper()
				if resp != nil || !errors.Is(err, reset) {
					t.Errorf("got %v, %v, want the reset", resp, err)
				}
			},
		},
		{
			"a response with the beginning of its body, where it is long",
			func() (*http.Response, error) {
				return &http.Response{StatusCode: http.StatusBadGateway, ContentLength: -1, Body: io.NopCloser(strings.NewReader(strings.Repeat("x", 64<<10+2)))}, nil
			},
			wantCut(64<<10 + 1),
		},
		{
			"a response with the beginning of its body, where it is known to be long",
			func() (*http.Response, error) {
				return &http.Response{StatusCode: http.StatusBadGateway, ContentLength: 64<<10 + 2, Body: io.NopCloser(endless)}, nil
			},
			wantCut(64<<10 + 1),
		},
		{
			"a response whose connection ends with it",
			func() (*http.Response, error) {
				return &http.Response{StatusCode: http.StatusServiceUnavailable, Close: true, ContentLength: 3, Body: io.NopCloser(strings.NewReader("why"))}, nil
			},
			func(t *testing.T, resp *http.Response, err error) {
				t.Helper()
				if err != nil {
					t.Fatal(err)
				}
				if body, err := io.ReadAll(resp.Body); string(body) != "why" || err != nil {
					t.Errorf("got body %q, %v, want all of it", body, err)
				}
			},
		},
		{
			"a response with what there was of its body, where it stalls in the middle",
			func() (*http.Response, error) {
				body := newStalled()
				return &http.Response{StatusCode: http.StatusBadGateway, ContentLength: 8, Body: &spyBody{Reader: io.MultiReader(strings.NewReader("half"), body), closer: body}}, nil
			},
			wantCut(4),
		},
		{
			"a response with what there was of its body, where it panics",
			func() (*http.Response, error) {
				body := io.MultiReader(strings.NewReader("half"), readerFunc(func([]byte) (int, error) { panic("in a body") }))
				return &http.Response{StatusCode: http.StatusBadGateway, ContentLength: 8, Body: io.NopCloser(body)}, nil
			},
			wantCut(4),
		},
		{
			"a response without its body, where it stalls",
			func() (*http.Response, error) {
				return &http.Response{StatusCode: http.StatusBadGateway, ContentLength: -1, Body: newStalled()}, nil
			},
			wantCut(0),
		},
		{
			"a response whose body broke",
			func() (*http.Response, error) {
				body := io.MultiReader(strings.NewReader("half"), iotest.ErrReader(reset))
				return &http.Response{StatusCode: http.StatusBadGateway, ContentLength: 8, Body: io.NopCloser(body)}, nil
			},
			func(t *testing.T, resp *http.Response, err error) {
				t.Helper()
				if err != nil || resp.StatusCode != http.StatusBadGateway {
					t.Fatalf("got %v, %v, want the 502", resp, err)
				}
				if body, err := io.ReadAll(resp.Body); string(body) != "half" || !errors.Is(err, reset) {
					t.Errorf("got body %q, %v, want what there was, and the reset", body, err)
				}
			},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				sent := 0
				base := trip.Func(func(*http.Request) (*http.Response, error) {
					if sent++; sent > 1 {
						return nil, rejection{}
					}
					return tt.first()
				})
				rec := new(recorder)
				r := newRetrier(t, retry.WithObserver(rec))
				resp, err := r.Wrap(base).RoundTrip(newRequest(t.Context(), t, http.MethodGet))
				tt.check(t, resp, err)
				if sent != 2 {
					t.Errorf("got %d attempts, want the one and the rejected one", sent)
				}
				wantReason(t, rec, observe.ReasonOpen)
				events := rec.seen()
				last := events[len(events)-1]
				if last.Kind != observe.CallFinished || last.Attempt != 1 || errors.Is(last.Err, rejection{}) {
					t.Errorf("got last event %+v, want a call that ended with its first attempt", last)
				}
				if k := r.Snapshot(); len(k) != 1 || k[0].Tokens < 10 {
					t.Errorf("got budget %+v, want the token back", k)
				}
			})
		})
	}
}
