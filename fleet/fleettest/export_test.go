// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package fleettest

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"

	"github.com/surefoot-go/surefoot/fleet"
)

// Clauses returns the names of the clauses of the suite.
func Clauses() []string {
	var names []string
	for _, c := range clauses() {
		names = append(names, c.name)
	}
	return names
}

// Check runs one clause, and returns what it complains of.
func Check(t *testing.T, name string, engine func() fleet.Engine) (complaints []string) {
	t.Helper()
	all := clauses()
	i := slices.IndexFunc(all, func(c clause) bool { return c.name == name })
	if i < 0 {
		t.Fatalf("there is no clause %q", name)
	}
	ctx, cancel := context.WithCancel(t.Context())
	l := &listing{TB: t, ctx: ctx}
	done := make(chan struct{})
	go func() { // which a Fatal ends
		defer close(done)
		all[i].test(newBench(l, engine, "suite"))
	}()
	<-done
	cancel()
	for _, f := range slices.Backward(l.cleanups) {
		f()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.complaints
}

// A listing is a test that cannot fail, and writes down why it would have.
type listing struct {
	testing.TB
	ctx context.Context //nolint:containedctx // a testing.TB has one

	mu         sync.Mutex
	complaints []string
	cleanups   []func()
}

func (l *listing) complain(s string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.complaints = append(l.complaints, s)
}

func (l *listing) Helper()                      {}
func (l *listing) Context() context.Context     { return l.ctx }
func (l *listing) Cleanup(f func())             { l.cleanups = append(l.cleanups, f) }
func (l *listing) Error(args ...any)            { l.complain(fmt.Sprint(args...)) }
func (l *listing) Errorf(f string, args ...any) { l.complain(fmt.Sprintf(f, args...)) }
func (l *listing) Fatal(args ...any)            { l.Error(args...); runtime.Goexit() }
func (l *listing) Fatalf(f string, args ...any) { l.Errorf(f, args...); runtime.Goexit() }
