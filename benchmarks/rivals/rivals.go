// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Package rivals builds other ways to make an [http.RoundTripper] resilient,
// all of them in one list, for whoever compares: timing, conformance, storms.
//
// Each [Rival] comes in two variants: as its documentation sets it up, and
// tuned, with the same numbers for everybody. What a rival cannot be told it
// leaves at its own default, and its Notes say so.
package rivals

import (
	"fmt"
	"net/http"
	"runtime/debug"
	"time"
)

// A Rival is one way to wrap a base.
type Rival struct {
	// Name is what tables call it; no two are the same.
	Name string
	// Module is the path of the module that it rests on. It is empty where the
	// code is in this package and rests on nothing.
	Module string
	// Notes say how it is set up, in a sentence or two.
	Notes string

	// Retries, Breaks and Hedges tell what it does.
	Retries, Breaks, Hedges bool
	// Cancellable tells whether a call that waits for its next attempt ends
	// with its context.
	Cancellable bool

	// Documented wraps base as the documentation does.
	Documented Build
	// Tuned wraps base with the numbers of a [Tuning].
	Tuned func(base http.RoundTripper, t Tuning) (http.RoundTripper, error)
}

// Build wraps a base. The base must not be nil.
type Build = func(base http.RoundTripper) (http.RoundTripper, error)

// Tuning holds the numbers that are the same for everybody. A zero field is
// filled from [Defaults].
type Tuning struct {
	// Attempts counts the first one.
	Attempts int
	// Wait is that before the first retry. It doubles up to MaxWait, with
	// jitter where a rival has it. Where both are the same, it is constant.
	Wait, MaxWait time.Duration

	// A circuit opens at FailureRatio of at least MinRequests in Window, for
	// OpenFor, and closes after Probes good ones.
	FailureRatio float64
	MinRequests  int
	Window       time.Duration
	OpenFor      time.Duration
	Probes       int
}

// Defaults are the numbers of the storms: what a careful user would choose for
// any of the rivals.
func Defaults() Tuning {
	return Tuning{
		Attempts: 4, Wait: 100 * time.Millisecond, MaxWait: 10 * time.Second,
		FailureRatio: 0.5, MinRequests: 20, Window: 10 * time.Second,
		OpenFor: 5 * time.Second, Probes: 3,
	}
}

func (t Tuning) filled() Tuning {
	d := Defaults()
	fill(&t.Attempts, d.Attempts)
	fill(&t.Wait, d.Wait)
	fill(&t.MaxWait, max(d.MaxWait, t.Wait))
	fill(&t.FailureRatio, d.FailureRatio)
	fill(&t.MinRequests, d.MinRequests)
	fill(&t.Window, d.Window)
	fill(&t.OpenFor, d.OpenFor)
	fill(&t.Probes, d.Probes)
	return t
}

func fill[T comparable](field *T, value T) {
	if *field == *new(T) {
		*field = value
	}
}

// All returns every rival, in the order of tables.
func All() []Rival {
	return []Rival{
		HandWritten(),
		handWrittenBackoff(),
		naiveLoop(),
		retryableHTTP(),
		failsafeRetry(),
		failsafeBoth(),
		reHTTP(),
		hedgedHTTP(),
	}
}

// Find returns the rival of the given name.
func Find(name string) (Rival, error) {
	for _, r := range All() {
		if r.Name == name {
			return r, nil
		}
	}
	return Rival{}, fmt.Errorf("rivals: there is no %q", name)
}

// Version returns the version of the module that the rival rests on, from what
// the linker recorded, or "" where there is none.
func (r Rival) Version() string { return ModuleVersion(r.Module) }

// ModuleVersion returns the version of a module in this program, or "".
func ModuleVersion(path string) string {
	info, ok := debug.ReadBuildInfo()
	if !ok || path == "" {
		return ""
	}
	for _, m := range info.Deps {
		if m.Path != path {
			continue
		}
		if m.Replace != nil {
			return "this tree"
		}
		return m.Version
	}
	return ""
}

// failed reports whether an outcome is one that all rivals take for a failure
// where they leave it to their user.
func failed(resp *http.Response, err error) bool {
	return err != nil || resp.StatusCode >= http.StatusInternalServerError
}
