// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package observe_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"

	"github.com/surefoot-go/surefoot/observe"
)

// recorder writes down who was told.
type recorder struct {
	name string
	log  *[]string
}

func (r recorder) Observe(e observe.Event) { *r.log = append(*r.log, r.name+" "+e.Kind.String()) }

func TestKind_HasANameFitForALabel(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for kind := observe.KindNone; kind <= observe.Misconfigured; kind++ {
		name := kind.String()
		if name == "" || seen[name] || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz_") != "" {
			t.Errorf("got name %q of kind %d, want one of its own in lower case", name, kind)
		}
		seen[name] = true
	}
	if got := (observe.Misconfigured + 1).String(); got != "kind(18)" {
		t.Errorf("got %q, want the number of a kind that is none", got)
	}
}

func TestEmit_ToleratesNilAndPanics(t *testing.T) {
	t.Parallel()
	observe.Emit(nil, observe.Event{})
	observe.Emit(observe.Func(nil), observe.Event{})
	observe.Emit(observe.Func(func(observe.Event) { panic("boom") }), observe.Event{})
	var got observe.Event
	want := observe.Event{Kind: observe.Rejected, Wait: time.Second}
	observe.Emit(observe.Func(func(e observe.Event) { got = e }), want)
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestJoin_TellsAllInOrderWhateverOneOfThemDoes(t *testing.T) {
	t.Parallel()
	var log []string
	a, b, c := recorder{"a", &log}, recorder{"b", &log}, recorder{"c", &log}
	broken := observe.Func(func(observe.Event) { panic("boom") })
	observers := []observe.Observer{a, nil, broken, observe.Func(nil), observe.Join(b, broken, nil), c}
	all := observe.Join(observers...)
	observers[0] = c // the slice is not kept
	all.Observe(observe.Event{Kind: observe.CircuitOpened})
	if want := []string{"a circuit_opened", "b circuit_opened", "c circuit_opened"}; !slices.Equal(log, want) {
		t.Errorf("got %q, want %q", log, want)
	}
}

func TestJoin_IsNilWhereNobodyListens(t *testing.T) {
	t.Parallel()
	for name, observers := range map[string][]observe.Observer{
		"without observers":               nil,
		"with a nil one":                  {nil},
		"with a nil function":             {observe.Func(nil)},
		"with a logger that logs nowhere": {observe.NewZap(nil), observe.NewZap(zap.NewNop())},
		"with nothing joined":             {observe.Join(nil, nil)},
	} {
		if got := observe.Join(observers...); got != nil {
			t.Errorf("%s: got %v, want nil", name, got)
		}
	}
}

func TestJoin_OfOneIsThatOne(t *testing.T) {
	t.Parallel()
	only := recorder{"a", new([]string)}
	if got := observe.Join(nil, only); got != only {
		t.Errorf("got %v, want the only one", got)
	}
}

func TestEmit_AllocatesNothing(t *testing.T) { //nolint:paralleltest // counts allocations
	count := 0
	one := observe.Func(func(observe.Event) { count++ })
	for name, o := range map[string]observe.Observer{"nobody": nil, "one": one, "two": observe.Join(one, one)} {
		if got := testing.AllocsPerRun(100, func() {
			observe.Emit(o, observe.Event{Kind: observe.CallFinished, Method: "GET", Key: "https://example.com"})
		}); got != 0 {
			t.Errorf("%s: got %v allocations, want none", name, got)
		}
	}
}
