// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package transport_test

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"hash/maphash"
	"net/http"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/transport"
)

// docOf returns the comment of a function.
func docOf(t *testing.T, file, name string) string {
	t.Helper()
	return find(t, file, name).Doc.Text()
}

// codeIn returns the lines of a comment that are code.
func codeIn(doc string) []string {
	var code []string
	for line := range strings.Lines(doc) {
		if strings.HasPrefix(line, "\t") {
			code = append(code, strings.TrimSpace(line))
		}
	}
	return code
}

// returned returns the text of the elements of the slice that a function of
// one statement returns, as package transport itself would write it.
func returned(t *testing.T, file, name string) []string {
	t.Helper()
	ret, _ := find(t, file, name).Body.List[0].(*ast.ReturnStmt)
	list, _ := ret.Results[0].(*ast.CompositeLit)
	var code []string
	for _, e := range list.Elts {
		var b bytes.Buffer
		if err := format.Node(&b, token.NewFileSet(), e); err != nil {
			t.Fatal(err)
		}
		code = append(code, strings.ReplaceAll(b.String(), "transport.", ""))
	}
	return code
}

func find(t *testing.T, file, name string) *ast.FuncDecl {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range f.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Name.Name == name {
			return fn
		}
	}
	t.Fatalf("%s has no function %s", file, name)
	return nil
}

// differ returns the first place where two stacks are not the same, or "". It
// looks at everything that can be reached from them; a function is known by its
// code alone.
func differ(x, y *transport.Transport) string {
	a, b := describe(x), describe(y)
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf("%s, and %s", a[i], b[i])
		}
	}
	if len(a) != len(b) {
		return fmt.Sprintf("one has %d parts, the other %d", len(a), len(b))
	}
	return ""
}

func describe(t *transport.Transport) []string {
	d := describer{seen: map[uintptr]bool{}}
	d.walk("stack", reflect.ValueOf(t))
	return d.parts
}

type describer struct {
	seen  map[uintptr]bool
	parts []string
}

func (d *describer) walk(path string, v reflect.Value) {
	say := func(what any) { d.parts = append(d.parts, fmt.Sprintf("%s: %v", path, what)) }
	switch v.Kind() { //nolint:exhaustive // the others are plain values
	case reflect.Invalid:
		say("nothing")
	case reflect.Func:
		name := "nil"
		if !v.IsNil() {
			name = runtime.FuncForPC(v.Pointer()).Name()
		}
		say(name)
	case reflect.Pointer:
		if v.IsNil() || d.seen[v.Pointer()] || v.Type() == reflect.TypeFor[*http.Transport]() {
			say(v.Type())
			return
		}
		d.seen[v.Pointer()] = true
		d.walk(path, v.Elem())
	case reflect.Interface:
		d.walk(path, v.Elem())
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[maphash.Seed]() || v.Type() == reflect.TypeFor[time.Time]() {
			return // never the same
		}
		say(v.Type())
		for i := range v.NumField() {
			d.walk(path+"."+v.Type().Field(i).Name, v.Field(i))
		}
	case reflect.Slice, reflect.Array:
		say(v.Len())
		for i := range v.Len() {
			d.walk(fmt.Sprintf("%s[%d]", path, i), v.Index(i))
		}
	case reflect.Map, reflect.Chan, reflect.UnsafePointer:
		say(v.Type())
	default:
		say(v)
	}
}
