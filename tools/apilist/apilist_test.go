// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// example is a module with one of everything. The lines that it must be listed
// as are those of want.
const (
	example = `// Package shop is an example.
package shop

import (
	"io"
	"net/http"
	"time"

	"example.com/shop/goods"
	"example.com/shop/internal/store"
)

const (
	Size        = 1 << 10
	Cheap Price = 2
	Open        = 90 * time.Minute
	Share       = 4.0 / 5
	hidden      = 3
)

var Default io.Reader

type Price uint8

func (Price) String() string { return "" }

type Shop struct {
	goods.Shelf
	Name  string
	store store.Store
}

func (*Shop) Open(req *http.Request, more ...func(*goods.Shelf) error) (n int, err error) { return }
func (*Shop) close()                                                                      {}

type Option interface{ apply() }

type Handler interface {
	io.Closer
	Handle(req *http.Request) error
}

type Shelf = goods.Shelf

type Pair[K comparable, V any] struct{ Key K }

func New(opts ...Option) *Shop { return nil }

func quiet() {}
`
	want = `const Cheap Price = 2
const Open time.Duration = 1h30m0s
const Share untyped float = 0.8
const Size untyped int = 1024
var Default io.Reader
func New(opts ...Option) *Shop
type Handler interface
method Handler.Close() error
method Handler.Handle(req *http.Request) error
type Option interface // sealed
type Pair[K comparable, V any] struct
field Pair[K comparable, V any], Key K
type Price uint8
method (Price) String() string
type Shelf = goods.Shelf
type Shop struct // and unexported fields
field Shop, goods.Shelf
field Shop, Name string
method (Shop) Full() bool
method (*Shop) Open(req *http.Request, more ...func(*goods.Shelf) error) (n int, err error)
`
)

// module writes the example and returns its directory.
func module(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":                  "module example.com/shop\n\ngo 1.25\n",
		"shop.go":                 example,
		"goods/goods.go":          "package goods\n\ntype Shelf struct{}\n\nfunc (Shelf) Full() bool { return true }\n",
		"internal/store/store.go": "package store\n\ntype Store struct{}\n",
		"cmd/shop/main.go":        "package main\n\nfunc main() {}\n",
		"tests/only_test.go":      "package tests\n",
	} {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func content(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestRun_ListsWhatIsPublic(t *testing.T) {
	t.Parallel()
	dir, api := module(t), filepath.Join(t.TempDir(), "api")
	if status, err := run([]string{"-C", dir, api}, t.Output()); status != statusOK || err != nil {
		t.Fatalf("status %d, %v", status, err)
	}
	if got := content(t, filepath.Join(api, "shop.txt")); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	files, err := filepath.Glob(filepath.Join(api, "*"))
	if err != nil || len(files) != 2 {
		t.Errorf("got %v, %v, want the lists of shop and goods alone", files, err)
	}
	if got := content(t, filepath.Join(api, "goods.txt")); got != "type Shelf struct\nmethod (Shelf) Full() bool\n" {
		t.Errorf("got %q of another package", got)
	}
}

func TestRun_ChecksWhatChanged(t *testing.T) {
	t.Parallel()
	dir, api := module(t), t.TempDir()
	check := func(what string, status int, lines ...string) {
		t.Helper()
		var out strings.Builder
		got, err := run([]string{"-C", dir, "-check", api}, &out)
		if got != status || err != nil {
			t.Errorf("%s: got status %d, %v, want %d", what, got, err, status)
		}
		for _, line := range lines {
			if !strings.Contains(out.String(), line+"\n") {
				t.Errorf("%s: the output lacks %q:\n%s", what, line, out.String())
			}
		}
	}
	check("nothing is there", statusDiffers, "goods.txt", "+ type Price uint8")
	if _, err := run([]string{"-C", dir, api}, t.Output()); err != nil {
		t.Fatal(err)
	}
	check("nothing changed", statusOK)

	changed := strings.Replace(example, "Size        = 1 << 10", "Size = 1 << 11", 1)
	if err := os.WriteFile(filepath.Join(dir, "shop.go"), []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
	check("a constant changed", statusDiffers, "- const Size untyped int = 1024", "+ const Size untyped int = 2048")

	if err := os.WriteFile(filepath.Join(api, "gone.txt"), []byte("func Old()\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	check("a package went", statusDiffers, "gone.txt", "- func Old()")
	if _, err := run([]string{"-C", dir, api}, t.Output()); err != nil {
		t.Fatal(err)
	}
	check("it is written again", statusOK)
}

func TestRun_SaysWhatItCannotDo(t *testing.T) {
	t.Parallel()
	for name, args := range map[string][]string{
		"no directory": {},
		"no module":    {"-C", t.TempDir(), "api"},
		"no such flag": {"-nonsense", "api"},
	} {
		if status, err := run(args, t.Output()); status != statusFailed || err == nil {
			t.Errorf("%s: got status %d, %v", name, status, err)
		}
	}
}
