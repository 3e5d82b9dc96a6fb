// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package s3server

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// What X-Amz-Content-Sha256 says of a body that is no hash of it.
const (
	contentSHA256   = "X-Amz-Content-Sha256"
	unsigned        = "UNSIGNED-PAYLOAD"
	streaming       = "STREAMING-"
	streamingSigned = "STREAMING-AWS4-"
)

func isStreaming(sum string) bool { return strings.HasPrefix(sum, streaming) }
func isSigned(sum string) bool    { return strings.HasPrefix(sum, streamingSigned) }

var errFrame = errors.New("s3server: not an aws-chunked body")

// unchunk takes off the frame that is called aws-chunked: chunks of a size in
// hexadecimal, with a signature or without, an empty one, and trailers.
func unchunk(raw []byte, signed bool) (data []byte, trailer http.Header, err error) {
	r := bufio.NewReader(bytes.NewReader(raw))
	for {
		n, err := chunkSize(r, signed)
		if err != nil {
			return nil, nil, err
		}
		if n == 0 {
			break
		}
		chunk := make([]byte, n+2)
		if _, err := io.ReadFull(r, chunk); err != nil {
			return nil, nil, fmt.Errorf("%w: %w", errFrame, err)
		}
		if !bytes.HasSuffix(chunk, []byte("\r\n")) {
			return nil, nil, errFrame
		}
		data = append(data, chunk[:n]...)
	}
	trailer, err = trailers(r)
	return data, trailer, err
}

// trailers reads what follows the empty chunk. With signatures there is an empty
// line before the last trailer, which a reader of MIME headers would stop at.
func trailers(r io.Reader) (http.Header, error) {
	header := make(http.Header)
	for lines := bufio.NewScanner(r); lines.Scan(); {
		if lines.Text() == "" {
			continue
		}
		name, value, found := strings.Cut(lines.Text(), ":")
		if !found {
			return nil, errFrame
		}
		header.Set(name, value)
	}
	return header, nil
}

// chunkSize reads the line before a chunk.
func chunkSize(r *bufio.Reader, signed bool) (int, error) {
	line, err := r.ReadString('\n')
	if err != nil {
		return 0, fmt.Errorf("%w: %w", errFrame, err)
	}
	size, signature, found := strings.Cut(strings.TrimSuffix(line, "\r\n"), ";")
	if found != signed || signed && !strings.HasPrefix(signature, "chunk-signature=") {
		return 0, errFrame
	}
	n, err := strconv.ParseUint(size, 16, 31)
	if err != nil {
		return 0, fmt.Errorf("%w: %w", errFrame, err)
	}
	return int(n), nil
}
