// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package network

import (
	"encoding/binary"
	"sync"

	"github.com/Shopify/toxiproxy/v2/toxics"
)

// The name of the toxic that cuts HTTP/2.
const frameType = "frames"

// RFC 9113.
const (
	prefaceLength = 24
	frameHead     = 9
	frameData     = 0
	frameHeaders  = 1
)

// A point is a place in HTTP/2: in, or before, a frame of that type.
type point struct {
	name     string
	upstream bool
	frame    byte
	// part is how much of the frame gets through: none, half, or all.
	part int
}

// points are where HTTP/2 connections are cut.
func points() []point {
	return []point{
		{"HTTP/2: cut before the request", true, frameHeaders, 0},
		{"HTTP/2: cut in the request's headers", true, frameHeaders, 1},
		{"HTTP/2: cut between headers and body", true, frameHeaders, 2},
		{"HTTP/2: cut in the request's body", true, frameData, 1},
		{"HTTP/2: cut as it commits", true, frameData, 2},
		{"HTTP/2: cut after the commit", false, frameHeaders, 0},
		{"HTTP/2: cut in the answer's headers", false, frameHeaders, 1},
		{"HTTP/2: cut before the answer's body", false, frameHeaders, 2},
		{"HTTP/2: cut in the answer's body", false, frameData, 1},
	}
}

// A trap cuts the first connection that comes to a point, with all streams on
// it. The zero value is not set. It is safe for concurrent use.
type trap struct {
	mu     sync.Mutex
	at     point
	sprung chan struct{} // nil where it is not set
}

// set sets the trap, and returns a channel that is closed when it springs.
func (t *trap) set(at point) <-chan struct{} {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.at, t.sprung = at, make(chan struct{})
	return t.sprung
}

// unset takes the trap away, if it is still there.
func (t *trap) unset() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.sprung = nil
}

// step reports how many bytes of a frame get through, if it springs the trap.
func (t *trap) step(upstream bool, frame byte, length int) (int, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.sprung == nil || t.at.upstream != upstream || t.at.frame != frame || length == frameHead {
		return 0, false
	}
	close(t.sprung)
	t.sprung = nil
	return length * t.at.part / 2, true
}

// frameToxic follows the frames of each connection.
type frameToxic struct {
	trap     *trap
	upstream bool
}

// A frameReader finds the frames in one direction of a connection.
type frameReader struct {
	toxic *frameToxic
	skip  int    // bytes until the next frame
	head  []byte // of the next frame, as far as it is here
	// left is how much may still pass once the trap has sprung.
	left   int
	sprung bool
}

var _ toxics.StatefulToxic = (*frameToxic)(nil)

// NewState makes the reader of a new connection.
func (t *frameToxic) NewState() any {
	r := &frameReader{toxic: t}
	if t.upstream {
		r.skip = prefaceLength
	}
	return r
}

// Pipe passes frames on.
func (t *frameToxic) Pipe(stub *toxics.ToxicStub) {
	r, _ := stub.State.(*frameReader)
	pipe(stub, r.take)
}

// take takes what one side sent, and returns what to pass on and what to do
// then. Heads of frames are held back until they are whole.
func (r *frameReader) take(data []byte) ([]byte, action) {
	if r.sprung {
		return r.last(data)
	}
	held := len(r.head)
	if held > 0 {
		data = append(r.head, data...)
		r.head = nil
	}
	at := min(r.skip, len(data))
	r.skip -= at
	for r.skip == 0 && len(data)-at >= frameHead {
		length := frameHead + int(binary.BigEndian.Uint32(data[at:])>>8)
		if pass, sprung := r.toxic.trap.step(r.toxic.upstream, data[at+3], length); sprung {
			r.sprung, r.left = true, at+pass
			return r.last(data)
		}
		step := min(length, len(data)-at)
		at, r.skip = at+step, length-step
	}
	if r.skip == 0 {
		r.head = append(r.head, data[at:]...)
	}
	return data[:at], goOn
}

// last passes on what may still pass.
func (r *frameReader) last(data []byte) ([]byte, action) {
	if r.left > len(data) {
		r.left -= len(data)
		return data, goOn
	}
	return data[:r.left], cut
}
