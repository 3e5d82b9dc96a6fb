// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package observe_test

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"go.uber.org/zap"

	"github.com/surefoot-go/surefoot/classify"
	"github.com/surefoot-go/surefoot/observe"
)

// suppressed is what a retry layer emits when it gives up.
func suppressed() observe.Event {
	return observe.Event{
		Kind:    observe.RetrySuppressed,
		Key:     "https://api.example.com",
		Method:  "POST",
		Attempt: 1,
		Err:     errors.New("read tcp 192.0.2.1:443: connection reset by peer"),
		Verdict: classify.Verdict{Class: classify.Retryable, Reason: classify.ReasonReset},
		Reason:  observe.ReasonNotIdempotent,
	}
}

// An Observer counts what was not done, by reason.
func Example() {
	counts := map[observe.Reason]int{}
	counter := observe.Func(func(e observe.Event) {
		if e.Kind == observe.RetrySuppressed {
			counts[e.Reason]++
		}
	})
	observe.Emit(counter, suppressed()) // as a layer does
	fmt.Println(counts)
	// Output: map[not_idempotent:1]
}

func ExampleFunc() {
	printer := observe.Func(func(e observe.Event) { fmt.Println(e.Kind, e.Key, e.Wait) })
	printer.Observe(observe.Event{Kind: observe.CircuitOpened, Key: "https://api.example.com", Wait: time.Second})
	// Output: circuit_opened https://api.example.com 1s
}

// One Observer that breaks does not keep the others from being told.
func ExampleJoin() {
	first := observe.Func(func(e observe.Event) { fmt.Println("first:", e.Kind) })
	broken := observe.Func(func(observe.Event) { panic("broken") })
	last := observe.Func(func(e observe.Event) { fmt.Println("last:", e.Kind) })
	observe.Join(first, nil, broken, last).Observe(observe.Event{Kind: observe.Rejected})
	fmt.Println(observe.Join(nil) == nil)
	// Output:
	// first: rejected
	// last: rejected
	// true
}

// The text of the error is not written, because it can hold anything.
func ExampleNewZap() {
	logger := zap.NewExample() // writes to standard output, for examples
	observe.NewZap(logger).Observe(suppressed())
	// Output:
	// {"level":"debug","logger":"surefoot","msg":"retry suppressed","key":"https://api.example.com","method":"POST","attempt":1,"verdict":"reset","reason":"not_idempotent"}
}

// Layers check for nil first, so that an event nobody listens to is not built.
func ExampleEmit() {
	broken := observe.Func(func(observe.Event) { panic("broken") })
	observe.Emit(broken, observe.Event{Kind: observe.BodyFailed})
	observe.Emit(nil, observe.Event{Kind: observe.BodyFailed})
	fmt.Println("the call goes on")
	// Output: the call goes on
}

func ExampleKind_String() {
	fmt.Println(observe.RetryScheduled, observe.CircuitHalfOpened)
	// Output: retry_scheduled circuit_half_opened
}

func ExampleNewSlog() {
	handler := slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{} // so that the example has the same output every day
			}
			return a
		},
	})
	log := observe.NewSlog(slog.New(handler))
	log.Observe(observe.Event{Kind: observe.CircuitOpened, Key: "https://api.example.com", Wait: time.Second})
	// Output:
	// level=WARN msg="circuit opened" surefoot.key=https://api.example.com surefoot.wait=1s
}

func ExampleRelay() {
	relay := new(observe.Relay) // give it to a layer, and listen whenever you like
	remove := relay.Add(observe.Func(func(e observe.Event) { fmt.Println(e.Kind, e.Key) }))
	relay.Observe(observe.Event{Kind: observe.CircuitClosed, Key: "https://api.example.com"})
	remove()
	fmt.Println(observe.Listening(relay))
	// Output:
	// circuit_closed https://api.example.com
	// false
}
