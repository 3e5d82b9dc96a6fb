// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Command cloudpayments drives a real client through a failing payments API
// and shows that every call ended right.
//
//	go run ./examples/cloudpayments
//
// It starts a payments service on loopback, with a real net/http server, and
// makes it fail: with 500, 502, 503 and 504, with connections that are reset
// before or after the payment was made, with slow answers, with answers that
// are cut short, and with a total outage in the middle. A client with surefoot
// in its transport sends thousands of payments, refunds, look-ups and
// deliberate mistakes. In the end everything that the caller was told is held
// against the service's ledger.
//
// # The service
//
//	POST /v1/payments       201; 200 where the idempotency key is known
//	GET  /v1/payments/{id}  200
//	POST /v1/refunds        201; 200 where the idempotency key is known
//
// It answers 400 to a missing parameter, 401 to a bad API key, 403 to a live
// object with a test key, 404 to an unknown object, 422 to a declined card and
// to an idempotency key that comes with another body, and 409 while the first
// request with that key is being worked on. All of them carry an error code.
// The service itself never looks whether a payment was made before: only
// idempotency keys, and a client that does not resend without one, keep it
// from being made twice.
//
// # The faults
//
// A mix such as 500=2,cut=1,outage=1.2s gives the percentage of requests that
// each fault strikes, and the length of the outage. The seed, the reference of
// the request and the number of its attempt decide, and nothing else.
//
//	500           nothing is done
//	502, 504      the payment is made, and a gateway loses the answer
//	503           nothing is done; every eighth comes with Retry-After: 1
//	reset-before  the connection is reset, nothing is done
//	reset-after   the payment is made, then the connection is reset
//	slow          the payment takes longer than the client waits
//	cut           the payment is made, half of the answer's body is sent
//	outage        connections are refused for two thirds of the time, then
//	              everything is answered 503
//
// # The status page
//
//	go run ./examples/cloudpayments -listen 127.0.0.1:8080
//	go run ./examples/cloudpayments -serve
//
// With -listen, the status page of the client's stack is served there while the
// run lasts. With -serve there is no run and no report: five hosts are called at
// a steady rate, each of which fails in one way after the other, and the page
// shows circuits that open and close until an interrupt, by default on
// 127.0.0.1:8080. Whoever can reach the address can also force circuits.
//
// # The words of the report
//
// Asked are distinct payments and refunds that the caller wants. Each has a
// reference, which is in its body, so the ledger can tell. Applied is what is
// in the ledger; applied twice, what is there more than once under a
// reference.
//
// A call that ends in an error, a 5XX, a 409 or half an answer leaves its
// caller ignorant, unless the wire proves that it was not sent. After the run
// the caller asks again, with the same idempotency key, for all of those, and
// without a key only for what was provably not sent. What is still open then
// is unknown to the caller.
//
// An answer is lost when the caller is given something else than what arrived:
// an error in place of a response that came in time, another status, another
// body, a 4XX without the typed error that its body holds, an object other than
// the one asked for, or one that the ledger does not hold.
//
// The exit code is 0 if no payment was applied twice, no POST without an
// idempotency key arrived twice, and no answer was lost; 1 if one was, or if
// the run was not possible; 2 for wrong flags; 130 after an
// interrupt, which is how -serve is meant to end and then 0.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"sync"
	"time"

	"github.com/surefoot-go/surefoot/classify"
	"github.com/surefoot-go/surefoot/trip"
)

func main() { os.Exit(start()) }

func start() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	return run(ctx, os.Args[1:], os.Stdout, os.Stderr, nil)
}

// Exit codes.
const (
	exitOK          = 0
	exitBroken      = 1
	exitUsage       = 2
	exitInterrupted = 130
)

// attemptTimeout bounds the wait for the headers of each attempt. The work of
// a slow answer takes half as long again.
const attemptTimeout = 300 * time.Millisecond

// run is the whole program.
func run(ctx context.Context, args []string, stdout, stderr io.Writer, sabotage trip.Middleware) int {
	cfg, err := parseFlags(args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return exitOK
	}
	if err != nil {
		return exitUsage
	}
	cfg.sabotage = sabotage
	if cfg.serve {
		if err := serve(ctx, cfg, stderr); err != nil {
			_, _ = fmt.Fprintln(stderr, "cloudpayments:", err)
			return exitBroken
		}
		return exitOK
	}
	r, err := drive(ctx, cfg, newTally(), stderr)
	if err == nil {
		if cfg.json {
			err = r.printJSON(stdout)
		} else {
			err = r.print(stdout)
		}
	}
	switch {
	case err != nil:
		_, _ = fmt.Fprintln(stderr, "cloudpayments:", err)
		return exitBroken
	case !r.OK:
		return exitBroken
	case r.Interrupted:
		return exitInterrupted
	}
	return exitOK
}

// drive makes all calls and returns what was found out.
func drive(ctx context.Context, cfg config, t *tally, stderr io.Writer) (*report, error) {
	client, stack, err := newClient(cfg, t)
	if err != nil {
		return nil, err
	}
	defer client.CloseIdleConnections()
	if cfg.listen != "" {
		stop, err := showPage(ctx, cfg.listen, stack, stderr)
		if err != nil {
			return nil, err
		}
		defer stop()
	}
	s := &shop{
		client: client, tally: t, base: cfg.url, workers: cfg.workers, rate: cfg.rate,
		judge:   judge{classifier: classify.Default(), limit: attemptTimeout},
		planner: &planner{run: "order", seed: cfg.seed},
	}
	if cfg.url != "" {
		// Another server may remember the references of earlier runs.
		s.planner.run = "order-" + strconv.FormatInt(time.Now().UnixNano(), 36)
		if err := answers(ctx, cfg.url); err != nil {
			return nil, err
		}
		watch(ctx, cfg, s, stderr)
		return makeReport(ctx, cfg, stack.String(), s, nil), nil
	}

	svc, err := startService(ctx, cfg.mix, cfg.seed, attemptTimeout*3/2)
	if err != nil {
		return nil, err
	}
	defer svc.close()
	s.base = svc.url()
	var gone absence
	s.begun = gone.plan(ctx, svc, t, cfg)
	watch(ctx, cfg, s, stderr)
	if err := gone.end(); err != nil {
		return nil, err
	}
	svc.close() // the ledger is read when no work is left
	return makeReport(ctx, cfg, stack.String(), s, svc), nil
}

// watch runs the shop, with a progress line if there is a terminal.
func watch(ctx context.Context, cfg config, s *shop, stderr io.Writer) {
	shown, hide := context.WithCancel(context.WithoutCancel(ctx))
	var line sync.WaitGroup
	if terminal(stderr) {
		line.Go(func() { progress(shown, stderr, cfg.count, s.tally, &s.counts) })
	}
	s.run(ctx, cfg.count)
	hide()
	line.Wait()
}

// answers checks that there is a server, so that a wrong address is told at
// once and not after thousands of calls.
func answers(ctx context.Context, base string) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/v1/payments/"+liveObject, http.NoBody)
	if err != nil {
		return fmt.Errorf("make a request: %w", err)
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return fmt.Errorf("%s does not answer: %w", base, err)
	}
	_ = resp.Body.Close()
	return nil
}
