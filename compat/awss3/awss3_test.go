// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package awss3_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/surefoot-go/surefoot/compat/s3server"
	"github.com/surefoot-go/surefoot/retry"
	"github.com/surefoot-go/surefoot/transport"
)

// client returns a client of a server over TLS, whose first answer is a 503 and
// which takes any object whose checksums are right.
func client(t *testing.T, opts ...retry.Option) (c *s3.Client, requests *atomic.Int64, encoding *atomic.Value) {
	t.Helper()
	requests, encoding = new(atomic.Int64), new(atomic.Value)
	gate := s3server.Gate(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) }))
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		encoding.Store(req.Header.Get("X-Amz-Content-Sha256") + " " + req.Header.Get("X-Amz-Trailer"))
		if requests.Add(1) == 1 {
			_, _ = io.Copy(io.Discard, req.Body)
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		gate.ServeHTTP(w, req)
	}))
	t.Cleanup(server.Close)
	rt, err := transport.New(server.Client().Transport, transport.WithRetry(opts...))
	if err != nil {
		t.Fatal(err)
	}
	return s3.New(s3.Options{
		Region: "us-east-1", BaseEndpoint: &server.URL, UsePathStyle: true,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "an-id", SecretAccessKey: "a-secret"}, nil
		}),
		Retryer:                    aws.NopRetryer{},
		RequestChecksumCalculation: aws.RequestChecksumCalculationWhenSupported, // the default
		HTTPClient:                 &http.Client{Transport: rt},
	}), requests, encoding
}

// stream hides that it could be read again.
type stream struct{ io.Reader }

func put(t *testing.T, c *s3.Client) error {
	t.Helper()
	_, err := c.PutObject(t.Context(), &s3.PutObjectInput{
		Bucket: aws.String("b"), Key: aws.String("k"), ContentLength: aws.Int64(1 << 20),
		Body: stream{strings.NewReader(strings.Repeat("surefoot", 1<<17))},
	})
	return err
}

// A stream goes out in the aws-chunked frame with its checksum in a trailer, and
// comes again byte for byte.
func TestPutObject_SendsAStreamWithATrailerAgain(t *testing.T) {
	t.Parallel()
	c, requests, encoding := client(t, retry.WithBodyBuffer(2<<20))
	if err := put(t, c); err != nil {
		t.Fatal(err)
	}
	if got := requests.Load(); got != 2 {
		t.Errorf("got %d requests, want 2", got)
	}
	const want = "STREAMING-UNSIGNED-PAYLOAD-TRAILER x-amz-checksum-crc32"
	if got := encoding.Load(); got != want {
		t.Errorf("got a body in %q, want %q", got, want)
	}
}

// The SDK's bodies have no GetBody. The day they do, WithBodyBuffer can go.
func TestPutObject_IsSentOnceWithoutABodyBuffer(t *testing.T) {
	t.Parallel()
	c, requests, _ := client(t)
	if err := put(t, c); err == nil || !strings.Contains(err.Error(), "503") {
		t.Errorf("got error %v, want one with 503", err)
	}
	if got := requests.Load(); got != 1 {
		t.Errorf("got %d requests, want 1", got)
	}
}
