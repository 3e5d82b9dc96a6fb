// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/surefoot-go/surefoot/fleet"
	"github.com/surefoot-go/surefoot/observe"
	"github.com/surefoot-go/surefoot/status"
	"github.com/surefoot-go/surefoot/transport"
	"github.com/surefoot-go/surefoot/trip"
)

// childVariable tells a process that it is an instance, and which.
const childVariable = "SUREFOOT_EXAMPLE_INSTANCE"

type childConfig struct {
	Name, Engine, Service string
	Every                 time.Duration
}

func isChild() bool { return os.Getenv(childVariable) != "" }

// child is one instance: it calls the service until its standard input ends. The
// first line that it writes is the URL of its status page.
func child(stdin io.Reader, stdout io.Writer) error {
	var cfg childConfig
	if err := json.Unmarshal([]byte(os.Getenv(childVariable)), &cfg); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		_, _ = io.Copy(io.Discard, stdin)
		cancel()
	}()

	quiet()
	client := redis.NewClient(&redis.Options{Addr: cfg.Engine, ContextTimeoutEnabled: true, MaxRetries: -1})
	defer client.Close()
	f, err := fleet.New(client, fleet.WithInstance(cfg.Name))
	if err != nil {
		return err
	}
	defer f.Close()
	stack, err := transport.New(nil, transport.WithFleet(f), transport.WithPerAttempt(sign(cfg.Name)))
	if err != nil {
		return err
	}
	// What the stack observes, and that the fleet was lost, go to the timeline.
	defer stack.Observe(&teller{out: stdout})()
	stop, err := servePage(ctx, stack, stdout)
	if err != nil {
		return err
	}
	defer stop()
	call(ctx, &http.Client{Transport: stack}, cfg)
	return nil
}

// quiet keeps the client from writing that it cannot connect; the fleet tells once.
func quiet() { redis.SetLogger(silence{}) }

type silence struct{}

func (silence) Printf(context.Context, string, ...any) {}

// sign says who calls.
func sign(name string) trip.Middleware {
	return func(next http.RoundTripper) http.RoundTripper {
		return trip.Func(func(req *http.Request) (*http.Response, error) {
			req = req.Clone(req.Context())
			req.Header.Set(nameHeader, name)
			return next.RoundTrip(req)
		})
	}
}

func servePage(ctx context.Context, stack *transport.Transport, stdout io.Writer) (stop func(), err error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	page := status.Handler(stack)
	server := &http.Server{Handler: page, ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = server.Serve(l) }()
	_, err = fmt.Fprintf(stdout, "http://%s/\n", l.Addr())
	return func() {
		_ = server.Close()
		page.Close()
	}, err
}

// call calls the service until the context ends. A program would look at what it
// gets; here the service counts.
func call(ctx context.Context, client *http.Client, cfg childConfig) {
	ticker := time.NewTicker(cfg.Every)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, cfg.Service, nil)
		if err != nil {
			return
		}
		if resp, err := client.Do(req); err == nil {
			_ = resp.Body.Close()
		}
	}
}

// A teller writes a line for each change.
type teller struct {
	mu  sync.Mutex
	out io.Writer
}

// Observe writes what is of interest here.
func (t *teller) Observe(e observe.Event) {
	var text string
	switch e.Kind { //nolint:exhaustive // the rest is for the page
	case observe.CircuitOpened:
		text = "circuit opened " + by(e)
	case observe.CircuitHalfOpened:
		text = "probes"
	case observe.CircuitClosed:
		text = "circuit closed " + by(e)
	case observe.FleetLost:
		text = "the fleet is lost; circuits go on alone"
	case observe.FleetFound:
		text = "the fleet is found"
	default:
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	fmt.Fprintln(t.out, text)
}

func by(e observe.Event) string {
	if e.Fleet {
		return "by the fleet"
	}
	return "by its own attempts"
}
