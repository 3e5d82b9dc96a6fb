// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Command fleet shows four processes that call one service, and share what they find
// through Redis. It needs nothing: it starts the service, a redis-server if one is
// installed and one in memory if not, and itself four times. In half a minute the
// service fails and comes back, and then Redis dies.
//
//	go run ./examples/fleet
//	go run ./examples/fleet -serve
//
// Each process has a status page. With -serve they stay up, and the service fails for
// ten seconds out of thirty, until you press Ctrl-C.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"
)

func main() {
	if err := parentOrChild(os.Args[1:], os.Stdin, os.Stdout); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// parentOrChild is the whole program: an instance where the environment says so, and
// else the play.
func parentOrChild(args []string, stdin io.Reader, stdout io.Writer) error {
	if isChild() {
		return child(stdin, stdout)
	}
	flags := flag.NewFlagSet("fleet", flag.ContinueOnError)
	serve := flags.Bool("serve", false, "go on until Ctrl-C, with the status pages up")
	if err := flags.Parse(args); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	return run(ctx, stdout, *serve)
}

// The four instances, and how often each calls the service. The last one is too
// quiet to find out by itself within seconds.
func instances() map[string]time.Duration {
	return map[string]time.Duration{
		"one": 50 * time.Millisecond, "two": 50 * time.Millisecond, "three": 100 * time.Millisecond, "four": time.Second,
	}
}

// run is the play. It writes the timeline to out.
func run(ctx context.Context, out io.Writer, serve bool) error {
	t := newTimeline(out)
	engine, err := startEngine(ctx)
	if err != nil {
		return err
	}
	defer engine.stop()
	s, err := startService(ctx)
	if err != nil {
		return err
	}
	defer s.stop()
	t.say("", "meet at %s (%s), call %s", engine.addr, engine.name, s.url)
	all, err := startChildren(ctx, t, engine.addr, s.url)
	if err != nil {
		return err
	}
	defer all.stop()
	if serve {
		return forever(ctx, t, s)
	}
	return play(ctx, t, engine, s, all)
}

// play takes some twenty seconds.
func play(ctx context.Context, t *timeline, engine *engine, s *service, all children) error {
	steps := []struct {
		what string
		do   func()
		then time.Duration
	}{
		{"all is well", func() {}, 3 * time.Second},
		{"THE SERVICE FAILS", s.fail, 8 * time.Second},
		{"what the status pages say", func() { all.show(ctx, t) }, 0},
		{"THE SERVICE IS BACK", s.heal, 3 * time.Second},
		{"REDIS DIES", engine.stop, 6 * time.Second},
	}
	for _, step := range steps {
		t.say("", "%s", step.what)
		step.do()
		before := s.counts()
		if !pause(ctx, step.then) {
			return nil
		}
		if step.then > 0 {
			t.say("", "  the service saw %s", since(before, s.counts(), step.then))
		}
	}
	t.say("", "the calls went on without it")
	return nil
}

// forever fails for ten seconds out of thirty.
func forever(ctx context.Context, t *timeline, s *service) error {
	for {
		if !pause(ctx, 20*time.Second) {
			return nil
		}
		t.say("", "THE SERVICE FAILS")
		s.fail()
		if !pause(ctx, 10*time.Second) {
			return nil
		}
		t.say("", "THE SERVICE IS BACK")
		s.heal()
	}
}

// pause waits, and reports whether to go on.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
