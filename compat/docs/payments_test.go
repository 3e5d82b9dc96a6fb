// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package docs_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/surefoot-go/surefoot/breaker"
	"github.com/surefoot-go/surefoot/observe"
	"github.com/surefoot-go/surefoot/retry"
	"github.com/surefoot-go/surefoot/transport"
	"github.com/surefoot-go/surefoot/trip"
)

// soon takes the waits out of the examples.
var soon = transport.WithRetry(retry.WithBackoff(time.Millisecond, time.Millisecond))

func Example_paymentsClient() {
	// docs:begin payments-client
	client, err := transport.Wrap(new(http.Client),
		transport.Payments(),
	)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(client.Transport)
	// docs:end payments-client

	// Output: total timeout 30s → idempotency keys → retry (4 attempts) → breaker → attempt timeout 10s → *http.Transport
}

// docs:begin outcome

// An outcome is what is known of a payment after a call.
type outcome int

const (
	unknown outcome = iota // it may have been made
	made
	refused
)

func outcomeOf(resp *http.Response, err error) outcome {
	switch {
	case err != nil:
		return unknown
	case resp.StatusCode/100 == 2:
		return made
	case resp.StatusCode == http.StatusPaymentRequired:
		return refused // with what else your service documents as a refusal
	}
	return unknown
}

// docs:end outcome

// docs:begin pay

// A payment is stored before it is sent for the first time.
type payment struct {
	ID      string // also its idempotency key
	Body    []byte
	Outcome outcome
}

func pay(ctx context.Context, client *http.Client, url string, p *payment) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(p.Body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Idempotency-Key", p.ID) // the same tomorrow, and after a crash
	resp, err := client.Do(req)
	p.Outcome = outcomeOf(resp, err)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	_, err = io.ReadAll(resp.Body) // a receipt that is cut short can be asked for again
	return err
}

// docs:end pay

// docs:begin reconcile

// reconcile asks for every payment whose outcome is not known. To send it again
// with its key is to ask: a service that keeps keys makes it once.
func reconcile(ctx context.Context, client *http.Client, url string, book []*payment) {
	for _, p := range book {
		if p.Outcome == unknown {
			err := pay(ctx, client, url, p)
			if p.Outcome == unknown {
				log.Printf("payment %s is still open (%v)", p.ID, err)
			}
		}
	}
}

// docs:end reconcile

func Example_paymentsReconcile() {
	bank := newBank(5) // cuts as many connections after it has made the payment
	defer bank.Close()
	ctx := context.Background()
	client, err := transport.Wrap(nil, transport.Payments(), soon)
	if err != nil {
		log.Fatal(err)
	}
	p := &payment{ID: "order-4711", Body: []byte(`{"amount": 10}`)}
	err = pay(ctx, client, bank.URL, p)
	fmt.Println("an error:", err != nil, "unknown:", p.Outcome == unknown, "requests:", bank.requests.Load())
	reconcile(ctx, client, bank.URL, []*payment{p})
	fmt.Println("made:", p.Outcome == made, "payments:", bank.payments(), "requests:", bank.requests.Load())
	// Output:
	// an error: true unknown: true requests: 4
	// made: true payments: 1 requests: 6
}

func Example_paymentsWithoutKey() {
	bank := newBank(1)
	defer bank.Close()
	// docs:begin unknown-event
	watch := observe.Func(func(e observe.Event) {
		if e.Kind == observe.RetrySuppressed && e.Reason == observe.ReasonNotIdempotent {
			fmt.Println(e.Method, "of unknown outcome:", e.Verdict.Reason)
		}
	})
	client, err := transport.Wrap(new(http.Client), transport.WithObserver(watch))
	// docs:end unknown-event
	if err != nil {
		log.Fatal(err)
	}
	resp, err := client.Post(bank.URL, "application/json", strings.NewReader("{}"))
	fmt.Println("unknown:", outcomeOf(resp, err) == unknown, "payments:", bank.payments(), "requests:", bank.requests.Load())
	// Output:
	// POST of unknown outcome: reset
	// unknown: true payments: 1 requests: 1
}

// A refused connection is proof: a POST without a key is sent again.
func Example_paymentsProof() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	l.Close() // nobody listens there now
	watch := observe.Func(func(e observe.Event) {
		if e.Kind == observe.AttemptFinished {
			fmt.Println("attempt", e.Attempt, e.Verdict.Reason, "not sent:", e.Verdict.NotSent)
		}
	})
	client, err := transport.Wrap(nil, soon, transport.WithObserver(watch))
	if err != nil {
		log.Fatal(err)
	}
	_, err = client.Post("http://"+l.Addr().String(), "application/json", strings.NewReader("{}"))
	fmt.Println(err != nil)
	// Output:
	// attempt 1 refused not sent: true
	// attempt 2 refused not sent: true
	// attempt 3 refused not sent: true
	// attempt 4 refused not sent: true
	// true
}

// A circuit that is open, a card that is declined, a key that is in use.
func Example_paymentsOutcomes() {
	ctx := context.Background()
	for _, statuses := range [][]int{{201}, {402}, {409}, {500}, {429}, {303}} {
		server := answering(statuses...)
		client, err := transport.Wrap(nil, transport.Payments(), soon, transport.WithRetry(retry.WithMaxAttempts(1)))
		if err != nil {
			log.Fatal(err)
		}
		client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		p := &payment{ID: "order-1"}
		err = pay(ctx, client, server.URL, p)
		fmt.Println(statuses, []string{"unknown", "made", "refused"}[p.Outcome], err)
		server.Close()
	}
	server := answering(500)
	defer server.Close()
	client, err := transport.Wrap(nil, transport.Payments(), soon,
		transport.WithRetry(retry.WithMaxAttempts(1)), transport.WithBreaker(breaker.WithMinRequests(1)))
	if err != nil {
		log.Fatal(err)
	}
	for range 2 {
		p := &payment{ID: "order-2"}
		err = pay(ctx, client, server.URL, p)
		fmt.Println([]string{"unknown", "made", "refused"}[p.Outcome], errors.Is(err, breaker.ErrOpen))
	}
	// Output:
	// [201] made <nil>
	// [402] refused <nil>
	// [409] unknown <nil>
	// [500] unknown <nil>
	// [429] unknown <nil>
	// [303] unknown <nil>
	// unknown false
	// unknown true
}

// docs:begin send-once

// sendOnce keeps net/http from sending a body without a key again by itself.
func sendOnce(next http.RoundTripper) http.RoundTripper {
	return trip.Func(func(req *http.Request) (*http.Response, error) {
		if writes := req.Method == http.MethodPost || req.Method == http.MethodPatch; writes && req.Header.Get("Idempotency-Key") == "" {
			req = req.WithContext(req.Context()) // a copy: the caller's request stays as it is
			req.GetBody = nil
		}
		return next.RoundTrip(req)
	})
}

// docs:end send-once

func Example_paymentsSendOnce() {
	base := trip.Func(func(req *http.Request) (*http.Response, error) {
		fmt.Println("the base can repeat it:", req.GetBody != nil)
		return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody, Request: req}, nil
	})
	// docs:begin send-once-client
	t, err := transport.New(base,
		transport.WithPerAttempt(sendOnce),
		transport.WithRetry(retry.WithConnTrace()), // the base is an *http.Transport, which sendOnce hides
	)
	// docs:end send-once-client
	if err != nil {
		log.Fatal(err)
	}
	for _, key := range []string{"", "order-17"} {
		req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, "http://pay.example/", strings.NewReader("{}"))
		if err != nil {
			log.Fatal(err)
		}
		if key != "" {
			req.Header.Set("Idempotency-Key", key)
		}
		resp, err := t.RoundTrip(req)
		if err != nil {
			log.Fatal(err)
		}
		_ = resp.Body.Close()
	}
	// Output:
	// the base can repeat it: false
	// the base can repeat it: true
}
