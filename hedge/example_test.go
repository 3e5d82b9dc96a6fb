// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package hedge_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/surefoot-go/surefoot/classify"
	"github.com/surefoot-go/surefoot/hedge"
	"github.com/surefoot-go/surefoot/internal/budget"
	"github.com/surefoot-go/surefoot/observe"
	"github.com/surefoot-go/surefoot/trip"
)

// stuck is a base whose first attempts hang, and whose hedges are answered.
var stuck = trip.Func(func(req *http.Request) (*http.Response, error) {
	if !hedge.Is(req.Context()) {
		<-req.Context().Done()
		return nil, context.Cause(req.Context())
	}
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader("hello")), Request: req}, nil
})

// ask makes a call with a layer of the given options around stuck, for a tenth
// of a second at most.
func ask(opts ...hedge.Option) {
	h, err := hedge.New(opts...)
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	fmt.Println(outcome(h.Wrap(stuck), httptest.NewRequestWithContext(ctx, http.MethodGet, "http://example.com/", http.NoBody)))
}

func outcome(rt http.RoundTripper, req *http.Request) string {
	resp, err := rt.RoundTrip(req)
	if err != nil {
		return err.Error()
	}
	defer resp.Body.Close()
	return resp.Status + http.StatusText(resp.StatusCode)
}

// A client whose slow reads are sent a second time. Until it knows what slow is,
// it only looks at the clock.
func Example() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "hello")
	}))
	defer server.Close()
	h, err := hedge.New()
	if err != nil {
		fmt.Println(err)
		return
	}
	client := &http.Client{Transport: h.Wrap(nil)}
	defer client.CloseIdleConnections()
	resp, err := client.Get(server.URL)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	fmt.Println(string(body))
	// Output: hello
}

// All mistakes come at once.
func ExampleNew() {
	_, err := hedge.New(hedge.WithQuantile(95), hedge.WithMaxKeys(0))
	fmt.Println(err)
	// Output:
	// hedge: WithQuantile: 95: must be from 0.5 to 0.99
	// hedge: WithMaxKeys: 0: must be at least 1
}

// A layer of one's own beneath tells hedges from first attempts.
func ExampleHedger_Wrap() {
	h, err := hedge.New(hedge.WithDelay(time.Millisecond))
	if err != nil {
		fmt.Println(err)
		return
	}
	tracing := trip.Func(func(req *http.Request) (*http.Response, error) {
		if hedge.Is(req.Context()) {
			fmt.Println("a hedge of", req.Method, req.URL)
		}
		return stuck(req)
	})
	fmt.Println(outcome(h.Wrap(tracing), httptest.NewRequest(http.MethodGet, "http://example.com/", http.NoBody)))
	// Output:
	// a hedge of GET http://example.com/
	// OK
}

func ExampleHedger_Snapshot() {
	h, err := hedge.New(hedge.WithDelay(time.Millisecond))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(outcome(h.Wrap(stuck), httptest.NewRequest(http.MethodGet, "http://example.com/", http.NoBody)))
	for _, k := range h.Snapshot() {
		fmt.Printf("%s: after %s, %d hedges, %d won, %d suppressed\n", k.Key, k.Delay, k.Hedges, k.Won, k.Suppressed)
	}
	// Output:
	// OK
	// http://example.com: after 1ms, 1 hedges, 1 won, 0 suppressed
}

func ExampleIs() {
	fmt.Println(hedge.Is(context.Background()))
	// Output: false
}

// A long poll is late by design.
func ExampleNever() {
	h, err := hedge.New(hedge.WithDelay(time.Millisecond))
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx, cancel := context.WithTimeout(hedge.Never(context.Background()), 20*time.Millisecond)
	defer cancel()
	fmt.Println(outcome(h.Wrap(stuck), httptest.NewRequestWithContext(ctx, http.MethodGet, "http://example.com/poll", http.NoBody)))
	// Output: context deadline exceeded
}

func ExampleWithDelay() {
	ask(hedge.WithDelay(time.Millisecond))
	// Output: OK
}

// One in ten answers is late enough for a hedge. But none is while too few are
// known.
func ExampleWithQuantile() {
	ask(hedge.WithQuantile(0.9))
	// Output: context deadline exceeded
}

// Nothing is hedged that is answered within 20 ms, however rare that is.
func ExampleWithMinDelay() {
	h, err := hedge.New(hedge.WithMinDelay(20 * time.Millisecond))
	if err != nil {
		fmt.Println(err)
		return
	}
	rt := h.Wrap(instantly)
	for range 200 {
		outcome(rt, httptest.NewRequest(http.MethodGet, "http://example.com/", http.NoBody))
	}
	fmt.Println(h.Snapshot()[0].Delay)
	// Output: 20ms
}

// One hedge, and then one for every hundred answers.
func ExampleWithBudget() {
	h, err := hedge.New(hedge.WithDelay(time.Millisecond), hedge.WithBudget(1, 0.01))
	if err != nil {
		fmt.Println(err)
		return
	}
	for range 2 {
		ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
		fmt.Println(outcome(h.Wrap(stuck), httptest.NewRequestWithContext(ctx, http.MethodGet, "http://example.com/", http.NoBody)))
		cancel()
	}
	// Output:
	// OK
	// context deadline exceeded
}

// A pool that is empty allows no hedge.
func ExampleWithSharedBudget() {
	ask(hedge.WithDelay(time.Millisecond), hedge.WithSharedBudget(budget.NewPool(budget.Rule{}, 1)))
	// Output: context deadline exceeded
}

func ExampleWithObserver() {
	ask(hedge.WithDelay(time.Millisecond), hedge.WithObserver(observe.Func(func(e observe.Event) {
		fmt.Println(e.Kind, e.Key, e.Wait)
	})))
	// Output:
	// hedged http://example.com 1ms
	// OK
}

// Here a 404 is trouble, so the hedge's does not win.
func ExampleWithClassifier() {
	classifier, err := classify.New(classify.WithStatus(http.StatusNotFound, classify.Retryable))
	if err != nil {
		fmt.Println(err)
		return
	}
	h, err := hedge.New(hedge.WithDelay(time.Millisecond), hedge.WithClassifier(classifier))
	if err != nil {
		fmt.Println(err)
		return
	}
	refused := make(chan struct{})
	base := trip.Func(func(req *http.Request) (*http.Response, error) {
		if hedge.Is(req.Context()) {
			close(refused)
			return &http.Response{StatusCode: http.StatusNotFound, Body: http.NoBody}, nil
		}
		<-refused
		return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody}, nil
	})
	fmt.Println(outcome(h.Wrap(base), httptest.NewRequest(http.MethodGet, "http://example.com/", http.NoBody)))
	// Output: OK
}

// Searches take longer than the rest, so they are measured by themselves.
func ExampleWithKey() {
	h, err := hedge.New(hedge.WithKey(func(req *http.Request) string {
		if strings.HasPrefix(req.URL.Path, "/search") {
			return req.URL.Host + "/search"
		}
		return req.URL.Host
	}), hedge.WithMaxKeys(100))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, path := range []string{"/things/7", "/search?q=thing"} {
		outcome(h.Wrap(instantly), httptest.NewRequest(http.MethodGet, "http://example.com"+path, http.NoBody))
	}
	for _, k := range h.Snapshot() {
		fmt.Println(k.Key)
	}
	// Output:
	// example.com
	// example.com/search
}

// Two keys are known at a time, and a third is learned in place of one of them.
func ExampleWithMaxKeys() {
	h, err := hedge.New(hedge.WithMaxKeys(2))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, host := range []string{"a", "b", "c"} {
		outcome(h.Wrap(instantly), httptest.NewRequest(http.MethodGet, "http://"+host+".example.com/", http.NoBody))
	}
	fmt.Println(len(h.Snapshot()))
	// Output: 2
}
