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
			"a response without its body, where it is known to be long",
			func() (*http.Response, error) {
				return &http.Response{StatusCode: http.StatusBadGateway, ContentLength: 64<<10 + 1, Body: io.NopCloser(endless)}, nil
			},
			wantCut(0),
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
				var suppressed []observe.Reason
				r, err := retry.New(retry.WithObserver(observe.Func(func(e observe.Event) {
					if e.Kind == observe.RetrySuppressed {
						suppressed = append(suppressed, e.Reason)
					}
				})))
				if err != nil {
					t.Fatal(err)
				}
				req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://example.com", nil)
				if err != nil {
					t.Fatal(err)
				}
				resp, err := r.Wrap(base).RoundTrip(req)
				tt.check(t, resp, err)
				if sent != 2 {
					t.Errorf("got %d attempts, want the one and the rejected one", sent)
				}
				if len(suppressed) != 1 || suppressed[0] != observe.ReasonOpen {
					t.Errorf("got reasons %v, want the open circuit", suppressed)
				}
				if k := r.Snapshot(); len(k) != 1 || k[0].Tokens < 10 {
					t.Errorf("got budget %+v, want the token back", k)
				}
			})
		})
	}
}
