// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package observe_test

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"go.uber.org/zap"

	"github.com/surefoot-go/surefoot/observe"
)

func TestRelay_TellsThoseWhoListen(t *testing.T) {
	t.Parallel()
	var log []string
	relay := new(observe.Relay)
	wantListening := func(want bool) {
		t.Helper()
		if relay.Listening() != want || observe.Listening(relay) != want {
			t.Errorf("got listening %v, want %v", !want, want)
		}
	}
	wantLog := func(want string) {
		t.Helper()
		log = log[:0]
		relay.Observe(observe.Event{Kind: observe.Rejected})
		if got := strings.Join(log, ", "); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	wantListening(false)
	wantLog("")
	removeA := relay.Add(recorder{"a", &log})
	removeBroken := relay.Add(observe.Func(func(observe.Event) { panic("boom") }))
	removeB := relay.Add(recorder{"b", &log})
	again := relay.Add(recorder{"a", &log}) // the same one has two places
	wantListening(true)
	wantLog("a rejected, b rejected, a rejected")
	removeA()
	removeA()
	wantLog("b rejected, a rejected")
	removeB()
	again()
	wantListening(true)
	removeBroken()
	wantListening(false)
	wantLog("")
}

func TestRelay_HasNoPlaceForNobody(t *testing.T) {
	t.Parallel()
	relay := new(observe.Relay)
	relay.Add(nil)()
	relay.Add(observe.Func(nil))()
	defer relay.Add(observe.NewZap(zap.NewNop()))()
	if relay.Listening() {
		t.Error("got a listener, want none")
	}
	var none *observe.Relay
	if none.Listening() || observe.Listening(none) || observe.Listening(nil) {
		t.Error("got a listener of no relay, want none")
	}
	if !observe.Listening(observe.Func(func(observe.Event) {})) {
		t.Error("got nobody, want a function to listen")
	}
}

func TestRelay_IsSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	relay := new(observe.Relay)
	var told atomic.Int64
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 200 {
				remove := relay.Add(observe.Func(func(observe.Event) { told.Add(1) }))
				relay.Observe(observe.Event{})
				remove()
			}
		})
	}
	wg.Wait()
	if got := told.Load(); got < 8*200 || relay.Listening() {
		t.Errorf("got %d events told, listening %v; want each listener told of its own and nobody left", got, relay.Listening())
	}
}

func TestRelay_AllocatesNothingForEvents(t *testing.T) { //nolint:paralleltest // counts allocations
	relay := new(observe.Relay)
	e := full(observe.Rejected)
	if got := testing.AllocsPerRun(100, func() { relay.Observe(e) }); got != 0 {
		t.Errorf("got %v allocations without listeners, want none", got)
	}
	defer relay.Add(observe.Func(func(observe.Event) {}))()
	if got := testing.AllocsPerRun(100, func() { relay.Observe(e) }); got != 0 {
		t.Errorf("got %v allocations with a listener, want none", got)
	}
}
