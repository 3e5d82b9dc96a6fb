// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package classify_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/surefoot-go/surefoot/classify"
)

func TestErrorFrom_FindsDetails(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name                 string
		body                 string
		code, message, param string
	}{
		{"top level", `{"code":"missing","message":"No such customer","param":"customer"}`, "missing", "No such customer", "customer"},
		{"nested", `{"error":{"code":"card_declined","message":"Declined","param":"source","type":"card_error"}}`, "card_declined", "Declined", "source"},
		{"nested before top level", `{"code":"outer","error":{"code":"inner"},"message":"Said outside"}`, "inner", "Said outside", ""},
		{"nested, with a type only", `{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}`, "overloaded_error", "Overloaded", ""},
		{"nested, with nulls", `{"error":{"message":"Bad","type":"invalid_request_error","param":null,"code":null}}`, "invalid_request_error", "Bad", ""},
		{"OAuth", `{"error":"invalid_grant","error_description":"Expired"}`, "invalid_grant", "Expired", ""},
		{"a code, and a plain error as its message", `{"code":17,"error":"Not here"}`, "17", "Not here", ""},
		{"a problem", `{"type":"https://a.test/credit","title":"No credit","detail":"Balance is 30","status":403}`, "https://a.test/credit", "Balance is 30", ""},
		{"a problem with a code", `{"type":"https://a.test/credit","title":"No credit","code":"credit"}`, "credit", "No credit", ""},
		{"a problem of no type", `{"type":"about:blank","title":"Not Found"}`, "", "Not Found", ""},
		{"a list of errors", `{"message":"Invalid","errors":[{"code":"missing_field","param":"title"},{"code":"other"}]}`, "missing_field", "Invalid", "title"},
		{"a list of texts", `{"errors":["Too long","Too short"]}`, "", "Too long", ""},
		{"an empty list", `{"errors":[]}`, "", "", ""},
		{"a list and no object", `[{"code":"MALFORMED_ID","message":"Bad id"}]`, "MALFORMED_ID", "Bad id", ""},
		{"a number as code", `{"error":{"code":404,"message":"Gone"}}`, "404", "Gone", ""},
		{"a negative number as code", `{"code":-32601}`, "-32601", "", ""},
		{"values of other types", `{"code":true,"message":{"en":"x"},"param":["a"]}`, "", "", ""},
		{"escapes", `{"code":"a\u002fb","message":"\"quoted\"\n"}`, "a/b", "\"quoted\"\n", ""},
		{"a byte order mark", "\xef\xbb\xbf" + `{"code":"x"}`, "x", "", ""},
		{"white space", " \r\n {\"code\" :\t\"x\" } ", "x", "", ""},
		{"cut short after the code", `{"code":"x","message":"it was lo`, "x", "", ""},
		{"cut short in a nested object", `{"code":"x","error":{"code":"y"`, "x", "", ""},
		{"names in another case", `{"Code":"x"}`, "", "", ""},
		{"not an object", `"card_declined"`, "", "", ""},
		{"null", `null`, "", "", ""},
		{"no JSON", `<html>Bad Gateway</html>`, "", "", ""},
		{"nothing", "", "", "", ""},
		{"garbage after the object", `{"code":"x"}}}}`, "x", "", ""},
		{"deep nesting", `{"code":"x","a":` + strings.Repeat("[", 30_000), "x", "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			resp := withBody(402, test.body)
			got := classify.ErrorFrom(resp)
			if got.Code != test.code || got.Message != test.message || got.Param != test.param {
				t.Errorf("got %q, %q, %q, want %q, %q, %q", got.Code, got.Message, got.Param, test.code, test.message, test.param)
			}
			if got.Status != 402 || got.Class != classify.Terminal || string(got.Raw) != test.body {
				t.Errorf("got %+v", got)
			}
			checkBody(t, resp, test.body)
		})
	}
}

func TestErrorFrom_OnlyOfErrors(t *testing.T) {
	t.Parallel()
	if got := classify.ErrorFrom(nil); got != nil {
		t.Errorf("nil response: got %+v, want nil", got)
	}
	for _, status := range []int{-1, 0, 100, 101, 200, 204, 304, 399} {
		body := &fakeBody{Reader: strings.NewReader("{}")}
		resp := &http.Response{StatusCode: status, Body: body}
		if got := classify.ErrorFrom(resp); got != nil {
			t.Errorf("status %d: got %+v, want nil", status, got)
		}
		if body.reads != 0 || resp.Body != body {
			t.Errorf("status %d: the body was touched", status)
		}
	}
	for status, want := range map[int]classify.Class{
		400: classify.Terminal, 429: classify.Retryable, 500: classify.Retryable, 999: classify.Retryable,
	} {
		if got := classify.ErrorFrom(response(status)); got == nil || got.Status != status || got.Class != want {
			t.Errorf("status %d: got %+v, want class %v", status, got, want)
		}
	}
}

func TestErrorFrom_LeavesEncodedBodiesAlone(t *testing.T) {
	t.Parallel()
	for encoding, want := range map[string]string{"gzip": "", "br": "", "identity": "x", "": "x"} {
		resp := withBody(400, `{"code":"x"}`)
		resp.Header.Set("Content-Encoding", encoding)
		if got := classify.ErrorFrom(resp); got.Code != want || string(got.Raw) != `{"code":"x"}` {
			t.Errorf("Content-Encoding %q: got %q and %q, want %q", encoding, got.Code, got.Raw, want)
		}
		checkBody(t, resp, `{"code":"x"}`)
	}
}

func TestAPIError_Error(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		err  *classify.APIError
		want string
	}{
		{"code and message", &classify.APIError{Status: 402, Code: "card_declined", Message: "Your card was declined"}, "classify: 402 card_declined: Your card was declined"},
		{"code alone", &classify.APIError{Status: 402, Code: "card_declined"}, "classify: 402 card_declined"},
		{"message alone", &classify.APIError{Status: 402, Message: "Declined"}, "classify: 402: Declined"},
		{"neither", &classify.APIError{Status: 404}, "classify: 404 Not Found"},
		{"neither, nor a name", &classify.APIError{Status: 499}, "classify: 499"},
		{"never the body", &classify.APIError{Status: 404, Param: "secret", Raw: []byte("secret")}, "classify: 404 Not Found"},
		{"on one line", &classify.APIError{Status: 400, Code: "a\nb", Message: "x\r\ny\x1b[0m\u2028z"}, "classify: 400 a b: x  y [0m z"},
		{"cut", &classify.APIError{Status: 400, Message: strings.Repeat("é", 150)}, "classify: 400: " + strings.Repeat("é", 100) + "…"},
		{"cut within a character", &classify.APIError{Status: 400, Message: "x" + strings.Repeat("é", 150)}, "classify: 400: x" + strings.Repeat("é", 99) + "…"},
		{"none", nil, "classify: no error"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := test.err.Error(); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestAPIError_IsFoundInATree(t *testing.T) {
	t.Parallel()
	err := fmt.Errorf("charge: %w", classify.ErrorFrom(withBody(402, `{"code":"card_declined"}`)))
	var declined *classify.APIError
	if !errors.As(err, &declined) || declined.Code != "card_declined" {
		t.Errorf("got %v", declined)
	}
}

func TestErrorFrom_RawIsACopy(t *testing.T) {
	t.Parallel()
	resp := withBody(400, `{"code":"x"}`)
	clear(classify.ErrorFrom(resp).Raw)
	if got := classify.ErrorFrom(resp); got.Code != "x" || string(got.Raw) != `{"code":"x"}` {
		t.Errorf("got %q and %q", got.Code, got.Raw)
	}
	checkBody(t, resp, `{"code":"x"}`)
}

func FuzzErrorFrom(f *testing.F) {
	for _, seed := range []string{
		"", "null", "{}", "[]", `{"code":"x","message":"y","param":"z"}`, `{"error":{"code":1}}`,
		`{"error":"invalid_grant"}`, `{"errors":[{"code":"x"}]}`, `[{"code":"x"}]`,
		`{"type":"about:blank","title":"t","detail":"d"}`, `{"code":"cut`, "\xef\xbb\xbf{}", "<html>",
		strings.Repeat(" ", classify.MaxPeek) + "{}", strings.Repeat("[", 20_000),
	} {
		f.Add([]byte(seed), 402, "")
	}
	f.Add([]byte("{}"), 200, "gzip")
	f.Fuzz(func(t *testing.T, body []byte, status int, encoding string) {
		resp := withBody(status, string(body))
		resp.Header.Set("Content-Encoding", encoding)
		first, second := classify.ErrorFrom(resp), classify.ErrorFrom(resp)
		if (first == nil) != (status < 400) {
			t.Fatalf("status %d: got %+v", status, first)
		}
		if first != nil {
			if first.Error() != second.Error() || strings.Contains(first.Error(), "\n") {
				t.Errorf("got %q, then %q", first, second)
			}
			if want := body[:min(len(body), classify.MaxPeek)]; string(first.Raw) != string(want) {
				t.Errorf("got %q, want %q", first.Raw, want)
			}
		}
		checkBody(t, resp, string(body))
	})
}

func FuzzClassifyStatus(f *testing.F) {
	for _, seed := range []int{-1, 0, 99, 100, 200, 301, 404, 408, 421, 425, 429, 500, 501, 503, 505, 599, 600, 999, 1000} {
		f.Add(seed, "1")
	}
	f.Fuzz(func(t *testing.T, status int, retryAfter string) {
		got := classify.Default().Classify(nil, response(status, retryAfter), nil)
		if got.Class == classify.Unknown || got.Class > classify.Terminal {
			t.Errorf("status %d: class %v", status, got.Class)
		}
		if got.RetryAfter < 0 || got.NotSent || got.Reason != classify.ReasonStatus {
			t.Errorf("status %d: got %+v", status, got)
		}
		if got.Class != classify.Retryable && (got.Throttled || got.RetryAfter != 0) {
			t.Errorf("status %d: got %+v", status, got)
		}
	})
}
