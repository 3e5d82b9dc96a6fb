// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package classify_test

import (
	"errors"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/surefoot-go/surefoot/classify"
)

func TestCheck_IsAnErrorFrom400On(t *testing.T) {
	t.Parallel()
	for _, status := range []int{200, 201, 204, 304, 399, 400, 402, 404, 429, 500, 503, 599} {
		body := &countingBody{Reader: strings.NewReader(`{"code":"x"}`)}
		err := classify.Check(&http.Response{StatusCode: status, Body: body})
		if status < 400 {
			// The comparison with nil is what it is for: ErrorFrom's result, put
			// into an error, would not be.
			if err != nil {
				t.Errorf("%d: got %v, want nil", status, err)
			}
			if rest, _ := io.ReadAll(body); body.closed != 0 || len(rest) == 0 {
				t.Errorf("%d: got the body closed %d times and %q left, want it untouched", status, body.closed, rest)
			}
			continue
		}
		var e *classify.APIError
		if !errors.As(err, &e) || e.Status != status || e.Code != "x" {
			t.Errorf("%d: got %#v, want an APIError with the code", status, err)
		}
		if body.closed != 1 {
			t.Errorf("%d: got the body closed %d times, want once", status, body.closed)
		}
	}
}

func TestCheck_WithoutAResponseOrABody(t *testing.T) {
	t.Parallel()
	if err := classify.Check(nil); err != nil {
		t.Errorf("got %v, want nil", err)
	}
	var e *classify.APIError
	if err := classify.Check(&http.Response{StatusCode: 500}); !errors.As(err, &e) || e.Status != 500 {
		t.Errorf("got %v, want an APIError", err)
	}
}

type countingBody struct {
	io.Reader
	closed int
}

func (b *countingBody) Close() error { b.closed++; return nil }

func TestFunc_HandsOnWhatItGets(t *testing.T) {
	t.Parallel()
	req, resp, err := new(http.Request), new(http.Response), errors.New("broken")
	want := classify.Verdict{Class: classify.Terminal, Throttled: true, NotSent: true, RetryAfter: 1, Reason: classify.ReasonBodyCode}
	calls := 0
	var c classify.Classifier = classify.Func(func(q *http.Request, p *http.Response, e error) classify.Verdict {
		calls++
		if q != req || p != resp || !errors.Is(e, err) {
			t.Errorf("got %p, %p, %v, want what Classify was given", q, p, e)
		}
		return want
	})
	if got := c.Classify(req, resp, err); !reflect.DeepEqual(got, want) || calls != 1 {
		t.Errorf("got %+v of %d calls, want %+v of one", got, calls, want)
	}
}
