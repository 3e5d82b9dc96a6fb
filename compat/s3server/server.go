// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Package s3server is an S3 server for the cases of S3 clients: gofakes3 in
// memory, and before it a gate that checks what gofakes3 takes on trust.
//
// The gate matters here. A body that is sent again and comes out short, shifted
// or mixed with its predecessor must be refused as S3 refuses it, or a broken
// replay would pass for a success.
package s3server

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"github.com/surefoot-go/surefoot/compat/rig"
)

// Start starts a server with one empty bucket.
func Start(bucket string) (rig.Server, error) {
	backend := s3mem.New()
	if err := backend.CreateBucket(bucket); err != nil {
		return rig.Server{}, fmt.Errorf("s3server: %w", err)
	}
	return rig.Serve(Gate(gofakes3.New(backend).Server()))
}

// Gate returns a handler that checks the body of each request against its
// lengths, hashes and checksums, and hands it to next plain.
func Gate(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		raw, err := io.ReadAll(req.Body)
		if err != nil {
			return // the client is gone, and gets no answer
		}
		data, header, err := check(req, raw)
		if err != nil {
			refuse(w, err)
			return
		}
		plain := req.Clone(req.Context())
		plain.Header = header
		plain.Body = io.NopCloser(bytes.NewReader(data))
		plain.ContentLength = int64(len(data))
		plain.TransferEncoding = nil
		next.ServeHTTP(w, plain)
	})
}

// check returns the body without its aws-chunked frame, and the headers that go
// with it.
func check(req *http.Request, raw []byte) ([]byte, http.Header, error) {
	data, header := raw, req.Header.Clone()
	switch sum := req.Header.Get(contentSHA256); {
	case isStreaming(sum):
		var trailer http.Header
		var err error
		if data, trailer, err = unchunk(raw, isSigned(sum)); err != nil {
			return nil, nil, errors.Join(errIncomplete, err)
		}
		if strconv.Itoa(len(data)) != req.Header.Get("X-Amz-Decoded-Content-Length") {
			return nil, nil, errIncomplete
		}
		for name, values := range trailer {
			header[name] = values
		}
		header.Set(contentSHA256, unsigned)
		header.Del("X-Amz-Trailer")
		header.Del("Content-Encoding")
	case sum != "" && sum != unsigned && sum != hexSHA256(data):
		return nil, nil, errHash
	}
	if err := checksums(header, data); err != nil {
		return nil, nil, err
	}
	header.Set("Content-Length", strconv.Itoa(len(data)))
	return data, header, nil
}

// A refusal is an error that S3 has a code for.
type refusal string

// Error returns the code.
func (r refusal) Error() string { return string(r) }

const (
	errIncomplete = refusal("IncompleteBody")
	errHash       = refusal("XAmzContentSHA256Mismatch")
	errDigest     = refusal("BadDigest")
)

func refuse(w http.ResponseWriter, err error) {
	code := "InvalidRequest"
	var r refusal
	if errors.As(err, &r) {
		code = string(r)
	}
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(http.StatusBadRequest)
	_, _ = io.WriteString(w, body(code, err.Error())) //nolint:gosec // escaped XML, for a client of ours
}

// Answer is what S3 sends with a status of trouble.
func Answer(status int) (http.Header, string) {
	code := map[int]string{
		http.StatusTooManyRequests:     "TooManyRequests",
		http.StatusInternalServerError: "InternalError",
		http.StatusServiceUnavailable:  "SlowDown",
	}[status]
	header := http.Header{"Content-Type": {"application/xml"}, "X-Amz-Request-Id": {"4442587FB7D0A2F9"}}
	return header, body(code, "Please reduce your request rate.")
}

func body(code, message string) string {
	raw, _ := xml.Marshal(struct { // two strings can always be written
		XMLName       xml.Name `xml:"Error"`
		Code, Message string
	}{Code: code, Message: message})
	return xml.Header + string(raw)
}
