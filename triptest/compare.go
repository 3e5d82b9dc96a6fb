// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package triptest

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
)

// A snapshot knows what a request was like.
type snapshot struct {
	req     *http.Request
	fields  http.Request
	ctx     context.Context //nolint:containedctx // part of what must not change
	header  http.Header
	trailer http.Header
	url     url.URL
}

func takeSnapshot(req *http.Request) *snapshot {
	return &snapshot{
		req: req, fields: *req, ctx: req.Context(),
		header: req.Header.Clone(), trailer: req.Trailer.Clone(), url: *req.URL,
	}
}

// diff says what is different now: every exported field has to be what it was,
// references have to be the same and not only equal, and the header, the
// trailer and the URL have to say what they said.
func (s *snapshot) diff() []string {
	var diffs []string
	was, now := reflect.ValueOf(&s.fields).Elem(), reflect.ValueOf(s.req).Elem()
	for i := range was.NumField() {
		if field := was.Type().Field(i); field.IsExported() && !sameField(was.Field(i), now.Field(i)) {
			diffs = append(diffs, fmt.Sprintf("Request.%s: got another (%s), want the caller's (%s)",
				field.Name, brief(now.Field(i)), brief(was.Field(i))))
		}
	}
	if s.req.Context() != s.ctx {
		diffs = append(diffs, "Request.Context: got another context than before")
	}
	if s.req.URL != nil && *s.req.URL != s.url {
		diffs = append(diffs, fmt.Sprintf("Request.URL: got %s, want %s", s.req.URL, &s.url))
	}
	diffs = append(diffs, diffHeader("Request.Header", s.req.Header, s.header, nil)...)
	return append(diffs, diffHeader("Request.Trailer", s.req.Trailer, s.trailer, nil)...)
}

func sameField(a, b reflect.Value) bool {
	switch a.Kind() { //nolint:exhaustive // the others are compared by value
	case reflect.Map, reflect.Slice, reflect.Func, reflect.Pointer, reflect.Chan:
		return a.UnsafePointer() == b.UnsafePointer()
	default:
		return a.Equal(b)
	}
}

// brief describes a field: a reference by its type, anything else by its value.
func brief(v reflect.Value) string {
	switch v.Kind() { //nolint:exhaustive // the others are short
	case reflect.Interface:
		if v.IsNil() {
			return "nil"
		}
		return brief(v.Elem())
	case reflect.Map, reflect.Slice, reflect.Func, reflect.Pointer, reflect.Chan, reflect.Struct:
		if v.Kind() != reflect.Struct && v.IsNil() {
			return "nil"
		}
		return v.Type().String()
	default:
		return fmt.Sprintf("%#v", v)
	}
}

// diffHeader compares two headers, keys as they are written. May is the set of
// names that may differ, or nil.
func diffHeader(what string, got, want http.Header, may *headers) []string {
	var diffs []string
	keys := slices.AppendSeq(slices.Collect(maps.Keys(got)), maps.Keys(want))
	slices.Sort(keys)
	for _, key := range slices.Compact(keys) {
		g, inGot := got[key]
		w, inWant := want[key]
		if (may != nil && may.allowed(key)) || (inGot == inWant && slices.Equal(g, w)) {
			continue
		}
		diffs = append(diffs, fmt.Sprintf("%s[%q]: got %s, want %s", what, key, values(g, inGot), values(w, inWant)))
	}
	return diffs
}

func values(v []string, present bool) string {
	if !present {
		return "nothing"
	}
	return fmt.Sprintf("%q", v)
}

// report notes differences as failures.
func (p *probe) report(when string, diffs []string) {
	if len(diffs) > 0 {
		p.errorf("%s: %s", when, strings.Join(diffs, "; "))
	}
}
