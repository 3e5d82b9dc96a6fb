// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package triptest

import (
	"encoding/binary"
	"errors"
	"io"
	"slices"
	"strconv"
	"sync"
)

// A FrameType is the type of an HTTP/2 frame (RFC 9113 §6).
type FrameType uint8

// The types of frames that a test server needs.
const (
	FrameData         FrameType = 0x0
	FrameHeaders      FrameType = 0x1
	FrameResetStream  FrameType = 0x3
	FrameSettings     FrameType = 0x4
	FramePing         FrameType = 0x6
	FrameGoAway       FrameType = 0x7
	FrameWindowUpdate FrameType = 0x8
)

// Flags of frames. FlagAck is for settings and pings.
const (
	FlagAck        uint8 = 0x1
	FlagEndStream  uint8 = 0x1
	FlagEndHeaders uint8 = 0x4
)

// Error codes of RFC 9113 §7.
const (
	CodeNoError       uint32 = 0x0
	CodeInternalError uint32 = 0x2
	CodeRefusedStream uint32 = 0x7
	CodeCancel        uint32 = 0x8
)

// A Frame is one HTTP/2 frame.
type Frame struct {
	Type    FrameType
	Flags   uint8
	Stream  uint32
	Payload []byte
}

// EndStream says that the frame is the last of its stream in its direction.
func (f Frame) EndStream() bool {
	return (f.Type == FrameData || f.Type == FrameHeaders) && f.Flags&FlagEndStream != 0
}

// A FrameConn is the server's end of an HTTP/2 connection. One goroutine may
// read while others write.
type FrameConn struct {
	*Conn
	writing sync.Mutex
}

func newFrameConn(c *Conn) *FrameConn { return &FrameConn{Conn: c} }

const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

func (c *FrameConn) handshake() error {
	got := make([]byte, len(preface))
	if _, err := io.ReadFull(c.Conn, got); err != nil {
		return err //nolint:wrapcheck // internal
	}
	if string(got) != preface {
		return errors.New("triptest: not an HTTP/2 connection")
	}
	return c.WriteFrame(Frame{Type: FrameSettings})
}

// frameHeader is the length of what precedes a frame's payload.
const frameHeader = 9

// ReadFrame reads the next frame of a stream, or one that ends the connection.
// Frames that belong to the connection are answered and passed over: settings
// and pings get their acknowledgement, and data its window back.
func (c *FrameConn) ReadFrame() (Frame, error) {
	for {
		f, err := c.readFrame()
		if err != nil {
			return f, err
		}
		switch f.Type {
		case FrameSettings, FramePing:
			if f.Flags&FlagAck == 0 {
				err = c.WriteFrame(Frame{Type: f.Type, Flags: FlagAck, Payload: pingPayload(f)})
			}
		case FrameWindowUpdate:
		case FrameData:
			return f, c.giveBack(f)
		case FrameHeaders, FrameResetStream, FrameGoAway:
			return f, nil
		default: // PRIORITY and what else there may be
		}
		if err != nil {
			return f, err
		}
	}
}

func pingPayload(f Frame) []byte {
	if f.Type == FramePing {
		return f.Payload
	}
	return nil
}

func (c *FrameConn) readFrame() (Frame, error) {
	var head [frameHeader]byte
	if _, err := io.ReadFull(c.Conn, head[:]); err != nil {
		return Frame{}, err //nolint:wrapcheck // a reader hands on the reader's error
	}
	f := Frame{Type: FrameType(head[3]), Flags: head[4], Stream: binary.BigEndian.Uint32(head[5:]) &^ (1 << 31)}
	f.Payload = make([]byte, int(head[0])<<16|int(head[1])<<8|int(head[2]))
	_, err := io.ReadFull(c.Conn, f.Payload)
	return f, err //nolint:wrapcheck // a reader hands on the reader's error
}

// giveBack lets the client send as much again as it has.
func (c *FrameConn) giveBack(f Frame) error {
	if len(f.Payload) == 0 {
		return nil
	}
	window := binary.BigEndian.AppendUint32(nil, uint32(len(f.Payload))) //nolint:gosec // a frame is under 16 MiB
	return errors.Join(
		c.WriteFrame(Frame{Type: FrameWindowUpdate, Payload: window}),
		c.WriteFrame(Frame{Type: FrameWindowUpdate, Stream: f.Stream, Payload: window}),
	)
}

// ReadRequest reads up to the head of the next request and returns it. The
// fields of its header are compressed; nothing here decompresses them.
func (c *FrameConn) ReadRequest() (Frame, error) {
	for {
		f, err := c.ReadFrame()
		if err != nil || f.Type == FrameHeaders {
			return f, err
		}
	}
}

// ReadBody reads the body of the request that began with the given frame.
func (c *FrameConn) ReadBody(request Frame) ([]byte, error) {
	var body []byte
	for f := request; !f.EndStream(); {
		var err error
		if f, err = c.ReadFrame(); err != nil {
			return body, err
		}
		if f.Stream != request.Stream {
			continue
		}
		if f.Type == FrameResetStream {
			return body, io.ErrUnexpectedEOF
		}
		body = append(body, f.Payload...)
	}
	return body, nil
}

// WriteFrame writes a frame.
func (c *FrameConn) WriteFrame(f Frame) error {
	n := len(f.Payload)
	out := []byte{byte(n >> 16), byte(n >> 8), byte(n), byte(f.Type), f.Flags} //nolint:gosec // the three bytes of a length
	out = binary.BigEndian.AppendUint32(out, f.Stream)
	c.writing.Lock()
	defer c.writing.Unlock()
	_, err := c.Write(slices.Concat(out, f.Payload))
	return err
}

// WriteHeaders writes the header of a response with the given fields, names
// and values in turn, of up to 126 bytes each. Names are in lower case.
func (c *FrameConn) WriteHeaders(stream uint32, status int, fields ...string) error {
	// A literal field without indexing, whose name is entry 8 of the static
	// table: ":status" (RFC 7541 §6.2.2 and appendix A).
	block := appendLiteral([]byte{0x08}, strconv.Itoa(status))
	return c.WriteFrame(Frame{
		Type: FrameHeaders, Flags: FlagEndHeaders, Stream: stream, Payload: appendFields(block, fields),
	})
}

// WriteTrailers writes fields after the body, and ends the stream.
func (c *FrameConn) WriteTrailers(stream uint32, fields ...string) error {
	return c.WriteFrame(Frame{
		Type: FrameHeaders, Flags: FlagEndHeaders | FlagEndStream, Stream: stream, Payload: appendFields(nil, fields),
	})
}

// appendFields appends literal fields without indexing, with names of their
// own (RFC 7541 §6.2.2).
func appendFields(block []byte, fields []string) []byte {
	for i := 0; i+1 < len(fields); i += 2 {
		block = appendLiteral(appendLiteral(append(block, 0), fields[i]), fields[i+1])
	}
	return block
}

func appendLiteral(block []byte, s string) []byte {
	return append(append(block, byte(len(s))), s...) //nolint:gosec // short, as documented
}

// WriteData writes up to 16 KiB of a body. If last is set, it ends the stream.
func (c *FrameConn) WriteData(stream uint32, data string, last bool) error {
	f := Frame{Type: FrameData, Stream: stream, Payload: []byte(data)}
	if last {
		f.Flags = FlagEndStream
	}
	return c.WriteFrame(f)
}

// Respond answers a stream with a status and a body of up to 16 KiB, and ends
// it.
func (c *FrameConn) Respond(stream uint32, status int, body string) error {
	return errors.Join(c.WriteHeaders(stream, status), c.WriteData(stream, body, true))
}

// ResetStream ends a stream with an error code.
func (c *FrameConn) ResetStream(stream, code uint32) error {
	return c.WriteFrame(Frame{
		Type: FrameResetStream, Stream: stream, Payload: binary.BigEndian.AppendUint32(nil, code),
	})
}

// GoAway tells the client that streams after last were not processed, and that
// the connection will close.
func (c *FrameConn) GoAway(last, code uint32) error {
	payload := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, last), code)
	return c.WriteFrame(Frame{Type: FrameGoAway, Payload: payload})
}
