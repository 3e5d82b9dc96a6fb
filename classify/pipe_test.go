// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package classify_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
)

// pipes is a network in memory, for a synctest bubble: every connection that
// is dialed is served by serve, and closed when that returns or the test ends.
type pipes struct {
	serve func(conn net.Conn)

	mu   sync.Mutex
	ends []net.Conn
}

// transport returns one on top of a network whose servers are serve.
func (p *pipes) transport(t *testing.T) *http.Transport {
	t.Helper()
	t.Cleanup(p.close)
	return &http.Transport{DialContext: p.dial}
}

func (p *pipes) dial(context.Context, string, string) (net.Conn, error) {
	client, server := net.Pipe()
	p.mu.Lock()
	p.ends = append(p.ends, client, server)
	p.mu.Unlock()
	go func() {
		defer server.Close()
		p.serve(server)
	}()
	return client, nil
}

func (p *pipes) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, conn := range p.ends {
		conn.Close()
	}
}

// readRequest reads a request and its body, so that the client gets rid of it.
func readRequest(r *bufio.Reader) error {
	req, err := http.ReadRequest(r)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, req.Body)
	return err
}

// The frames of RFC 9113 §6 and the settings that the tests need.
const (
	frameHeaders   = 0x1
	frameRSTStream = 0x3
	frameSettings  = 0x4
	frameGoAway    = 0x7
	hangUp         = 0xff // no frame: closes the connection

	settingMaxHeaderListSize = 0x6
)

// http2Transport returns one that speaks HTTP/2 at once and without TLS.
// Answer is called for every request, with a function that sends a frame.
func http2Transport(t *testing.T, settings []byte, answer func(stream uint32, send sendFrame)) *http.Transport {
	t.Helper()
	network := &pipes{serve: func(conn net.Conn) { serveHTTP2(conn, settings, answer) }}
	tr := network.transport(t)
	tr.Protocols = new(http.Protocols)
	tr.Protocols.SetUnencryptedHTTP2(true)
	return tr
}

type sendFrame func(kind byte, stream uint32, payload []byte)

func serveHTTP2(conn net.Conn, settings []byte, answer func(uint32, sendFrame)) {
	// Sending must not hold up reading, or the two ends of the pipe wait for
	// each other.
	frames := make(chan []byte, 16)
	defer close(frames)
	go func() {
		for frame := range frames {
			if frame[3] == hangUp {
				conn.Close()
			}
			_, _ = conn.Write(frame) // or drain, so that nobody blocks
		}
	}()
	send := func(kind byte, stream uint32, payload []byte) {
		frame := binary.BigEndian.AppendUint32(nil, uint32(len(payload))<<8|uint32(kind))
		frame = append(frame, 0) // no flags
		frame = binary.BigEndian.AppendUint32(frame, stream)
		frames <- append(frame, payload...)
	}

	preface := make([]byte, len("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"))
	if _, err := io.ReadFull(conn, preface); err != nil {
		return
	}
	send(frameSettings, 0, settings)
	head := make([]byte, 9)
	for {
		if _, err := io.ReadFull(conn, head); err != nil {
			return
		}
		length := binary.BigEndian.Uint32(head) >> 8
		if _, err := io.CopyN(io.Discard, conn, int64(length)); err != nil {
			return
		}
		if head[3] == frameHeaders {
			answer(binary.BigEndian.Uint32(head[5:]), send)
		}
	}
}

// words are 32-bit numbers in the order of the network.
func words(ws ...uint32) []byte {
	var b bytes.Buffer
	for _, w := range ws {
		b.Write(binary.BigEndian.AppendUint32(nil, w))
	}
	return b.Bytes()
}

func reset(code uint32) func(uint32, sendFrame) {
	return func(stream uint32, send sendFrame) { send(frameRSTStream, stream, words(code)) }
}

func goAway(last, code uint32) func(uint32, sendFrame) {
	return func(_ uint32, send sendFrame) { send(frameGoAway, 0, words(last, code)) }
}
