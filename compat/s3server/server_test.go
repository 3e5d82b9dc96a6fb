// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package s3server_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/surefoot-go/surefoot/compat/s3server"
)

const (
	hello       = "hello"
	helloSHA256 = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
	helloCRC32  = "NhCmhg=="
	helloMD5    = "XUFAKrxLKna5cZ2REBfFkg=="
	zeros       = "0000000000000000000000000000000000000000000000000000000000000000"
	signed      = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
	trailed     = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
)

func TestGate(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		header map[string]string
		body   string
		want   string // what comes through, or the code of the refusal
		status int
	}{
		{"plain", nil, hello, hello, 200},
		{"right hash", map[string]string{"X-Amz-Content-Sha256": helloSHA256}, hello, hello, 200},
		{"short body", map[string]string{"X-Amz-Content-Sha256": helloSHA256}, "hell", "XAmzContentSHA256Mismatch", 400},
		{"right checksum", map[string]string{"X-Amz-Checksum-Crc32": helloCRC32}, hello, hello, 200},
		{"wrong checksum", map[string]string{"X-Amz-Checksum-Crc32": helloCRC32}, "hallo", "BadDigest", 400},
		{"right MD5", map[string]string{"Content-MD5": helloMD5}, hello, hello, 200},
		{"wrong MD5", map[string]string{"Content-MD5": helloMD5}, "hallo", "BadDigest", 400},
		{
			"signed chunks",
			map[string]string{"X-Amz-Content-Sha256": signed, "X-Amz-Decoded-Content-Length": "5"},
			"3;chunk-signature=" + zeros + "\r\nhel\r\n2;chunk-signature=" + zeros + "\r\nlo\r\n0;chunk-signature=" + zeros + "\r\n\r\n",
			hello, 200,
		},
		{
			"a chunk without a signature",
			map[string]string{"X-Amz-Content-Sha256": signed, "X-Amz-Decoded-Content-Length": "5"},
			"5\r\nhello\r\n0\r\n\r\n", "IncompleteBody", 400,
		},
		{
			"right trailer",
			map[string]string{"X-Amz-Content-Sha256": trailed, "X-Amz-Decoded-Content-Length": "5"},
			"5\r\nhello\r\n0\r\nx-amz-checksum-crc32:" + helloCRC32 + "\r\n\r\n", hello, 200,
		},
		{
			"wrong trailer",
			map[string]string{"X-Amz-Content-Sha256": trailed, "X-Amz-Decoded-Content-Length": "5"},
			"5\r\nhallo\r\n0\r\nx-amz-checksum-crc32:" + helloCRC32 + "\r\n\r\n", "BadDigest", 400,
		},
		{
			"trailer with its signature after an empty line",
			map[string]string{"X-Amz-Content-Sha256": signed + "-TRAILER", "X-Amz-Decoded-Content-Length": "5"},
			"5;chunk-signature=" + zeros + "\r\nhello\r\n0;chunk-signature=" + zeros + "\r\nx-amz-checksum-crc32:" + helloCRC32 +
				"\n\r\nx-amz-trailer-signature:" + zeros + "\r\n\r\n",
			hello, 200,
		},
		{
			"no end",
			map[string]string{"X-Amz-Content-Sha256": trailed, "X-Amz-Decoded-Content-Length": "5"},
			"5\r\nhello\r\n", "IncompleteBody", 400,
		},
		{
			"another length",
			map[string]string{"X-Amz-Content-Sha256": trailed, "X-Amz-Decoded-Content-Length": "6"},
			"5\r\nhello\r\n0\r\n\r\n", "IncompleteBody", 400,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			gate := s3server.Gate(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
				_, _ = io.Copy(w, req.Body)
			}))
			req := httptest.NewRequest(http.MethodPut, "/b/k", strings.NewReader(tt.body))
			for name, value := range tt.header {
				req.Header.Set(name, value)
			}
			w := httptest.NewRecorder()
			gate.ServeHTTP(w, req)
			if got := w.Body.String(); w.Code != tt.status || !strings.Contains(got, tt.want) {
				t.Errorf("got %d %q, want %d with %q", w.Code, got, tt.status, tt.want)
			}
		})
	}
}
