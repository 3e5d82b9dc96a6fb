// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package triptest

import (
	"io"
	"net/http"
	"runtime"
	"strings"
)

// panicValue is what a base panics with.
const panicValue = "the base has panicked"

// panics has a base panic, if that can be contained: only on the goroutine of
// the call. See panicked.
func (p *probe) panics(handle func(func(*http.Request) Reply)) {
	handle(func(*http.Request) Reply {
		if onCallersGoroutine() {
			return Panic(panicValue)
		}
		p.elsewhere.Store(true)
		return Respond(http.StatusServiceUnavailable)
	})
}

// panicked ends the clause if the base could not panic.
func (p *probe) panicked() {
	if p.elsewhere.Load() {
		p.excusef("the wrapper calls the base on a goroutine of its own, where a panic ends the program")
	}
}

// onCallersGoroutine says whether the function is called, however deep, by a
// probe's call.
func onCallersGoroutine() bool {
	pcs := make([]uintptr, 256)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs)])
	for {
		frame, more := frames.Next()
		if strings.HasSuffix(frame.Function, "triptest.(*probe).try") {
			return true
		}
		if !more {
			return false
		}
	}
}

// echoOnce is a body that is produced while it is being read.
func echoOnce(w io.Writer) error {
	_, err := io.WriteString(w, "content")
	return err //nolint:wrapcheck // ends the stream
}
