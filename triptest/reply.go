// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package triptest

import (
	"io"
	"net/http"
	"slices"
	"time"
)

// A Reply is one thing that a [Script] does with one attempt: it answers,
// fails, waits or panics. Make one with [Respond], [Fail], [Block], [Panic] or
// [Upgrade] and refine it with its methods, each of which returns a changed
// copy. The zero value answers 200 without a body.
type Reply struct {
	kind   replyKind
	err    error // of Fail, and of a body that breaks
	value  any   // of Panic
	status int

	header  http.Header
	trailer http.Header
	content []byte
	tail    bodyTail
	stream  func(io.Writer) error
	upgrade func(io.ReadWriteCloser)
	edits   []func(*http.Response)
	hints   []hint

	delay   time.Duration
	partial bool // read only the first bytes of the request's body
	reads   int64
	lingers <-chan struct{}
}

type replyKind uint8

const (
	replyRespond replyKind = iota
	replyFail
	replyBlock
	replyPanic
)

// bodyTail is what comes after the content of a body.
type bodyTail uint8

const (
	tailEOF bodyTail = iota
	tailStall
	tailBreak
	tailEndless
)

// hint is an informational response.
type hint struct {
	status int
	header http.Header
}

// Respond answers with a status.
func Respond(status int) Reply { return Reply{status: status} }

// Fail returns an error instead of a response.
func Fail(err error) Reply { return Reply{kind: replyFail, err: err} }

// Block answers nothing until the context of the attempt is done, and then
// returns the cause, as [http.Transport] does.
func Block() Reply { return Reply{kind: replyBlock} }

// Panic panics with v.
func Panic(v any) Reply { return Reply{kind: replyPanic, value: v} }

// Upgrade answers 101 Switching Protocols. The server's end of the connection
// is given to serve, on a goroutine of its own; the response's body is the
// client's end. The server's end is closed when serve returns.
func Upgrade(serve func(io.ReadWriteCloser)) Reply {
	return Reply{status: http.StatusSwitchingProtocols, upgrade: serve}.
		Header("Connection", "Upgrade").Header("Upgrade", "triptest")
}

// Header adds a header field. The key is used as it is given.
func (r Reply) Header(key, value string) Reply {
	r.header = added(r.header, key, value)
	return r
}

// Trailer adds a trailer field, which a reader sees after the end of the body.
func (r Reply) Trailer(key, value string) Reply {
	r.trailer = added(r.trailer, key, value)
	return r
}

// Body sets the content of the body.
func (r Reply) Body(content string) Reply {
	r.content = []byte(content)
	return r
}

// Stall lets the body stall after its content, until it is closed or the
// context of the attempt is done.
func (r Reply) Stall() Reply {
	r.tail = tailStall
	return r
}

// Break lets the body end in an error after its content.
func (r Reply) Break(err error) Reply {
	r.tail, r.err = tailBreak, err
	return r
}

// Endless lets the body go on for ever after its content.
func (r Reply) Endless() Reply {
	r.tail = tailEndless
	return r
}

// Stream lets write produce the body, on a goroutine of its own. Each Write
// waits until it has been read. The body ends when write returns, with its
// error if it returns one.
func (r Reply) Stream(write func(io.Writer) error) Reply {
	r.stream = write
	return r
}

// After waits before it does anything else.
func (r Reply) After(d time.Duration) Reply {
	r.delay = d
	return r
}

// Reads reads only the first n bytes of the request's body before it answers.
// A server that answers early does that. The default is to read all of it.
func (r Reply) Reads(n int64) Reply {
	r.partial, r.reads = true, n
	return r
}

// Lingers answers before it has read the request's body, and reads and closes
// it when the channel is closed. The contract of [http.RoundTripper] allows
// that, and [http.Transport] does it.
func (r Reply) Lingers(from <-chan struct{}) Reply {
	r.partial, r.lingers = true, from
	return r
}

// Informational sends an informational response before the answer, as 103
// Early Hints. Header may be nil.
func (r Reply) Informational(status int, header http.Header) Reply {
	r.hints = append(slices.Clone(r.hints), hint{status, header.Clone()})
	return r
}

// Edit changes the response in any way before it is returned. The functions
// of several calls are called in order.
func (r Reply) Edit(edit func(*http.Response)) Reply {
	r.edits = append(slices.Clone(r.edits), edit) //nolint:bodyclose // a function, and no response
	return r
}

func added(h http.Header, key, value string) http.Header {
	h = h.Clone()
	if h == nil {
		h = make(http.Header)
	}
	h[key] = append(h[key], value)
	return h
}
