// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package azblob

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/streaming"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/blockblob"

	"github.com/surefoot-go/surefoot/compat/rig"
	"github.com/surefoot-go/surefoot/retry"
)

// open returns a session with a service that handle stands before, and what the
// service has stored.
func open(t *testing.T, o policy.ClientOptions, handle func(w http.ResponseWriter, req *http.Request, next http.Handler)) (session, func(name string) string) {
	t.Helper()
	service := newService()
	server, err := rig.Serve(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) { handle(w, req, service) }))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	c, err := azblob.NewClientWithNoCredential(server.URL+"/"+account, &azblob.ClientOptions{ClientOptions: o})
	if err != nil {
		t.Fatal(err)
	}
	return session{c}, func(name string) string {
		service.mu.Lock()
		defer service.mu.Unlock()
		return string(service.blobs[name].data)
	}
}

// lose loses the answer to the first append.
func lose() func(http.ResponseWriter, *http.Request, http.Handler) {
	var appends atomic.Int64
	return func(w http.ResponseWriter, req *http.Request, next http.Handler) {
		lost := req.URL.Query().Get("comp") == "appendblock" && appends.Add(1) == 1
		if lost {
			next.ServeHTTP(discarded{}, req)
			panic(http.ErrAbortHandler)
		}
		next.ServeHTTP(w, req)
	}
}

// discarded is where an answer goes that nobody sees.
type discarded struct{}

func (discarded) Header() http.Header         { return make(http.Header) }
func (discarded) Write(b []byte) (int, error) { return len(b), nil }
func (discarded) WriteHeader(int)             {}

// An append is a PUT, which HTTP calls idempotent and this one is not. The page
// says so, and what to do about it.
func TestAppendBlock_IsAPUTThatDoesItsWorkTwice(t *testing.T) {
	t.Parallel()
	surefoot, err := clientOptions()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name    string
		options policy.ClientOptions
		mark    func(context.Context) context.Context
		want    string
		fails   bool
	}{
		{"the SDK alone", policy.ClientOptions{}, nil, "a line\na line\n", false},
		{"surefoot", surefoot, nil, "a line\na line\n", false},
		{"surefoot, marked Never", surefoot, retry.Never, "a line\n", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s, stored := open(t, tt.options, lose())
			if err := s.createAppend(t.Context()); err != nil {
				t.Fatal(err)
			}
			ctx := t.Context()
			if tt.mark != nil {
				ctx = tt.mark(ctx)
			}
			_, err := s.log().AppendBlock(ctx, streaming.NopCloser(strings.NewReader("a line\n")), nil)
			if (err != nil) != tt.fails {
				t.Errorf("got error %v, want one: %t", err, tt.fails)
			}
			if got := stored("log"); got != tt.want {
				t.Errorf("got %q stored, want %q", got, tt.want)
			}
		})
	}
}

// A file as a body is closed by the second attempt, since azcore's GetBody hands
// out the file itself. In streaming.NopCloser it stays open for a third.
func TestUpload_OfAFileNeedsNopCloser(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		body func(*os.File) io.ReadSeekCloser
		want int64 // requests
	}{
		{"the file itself", func(f *os.File) io.ReadSeekCloser { return f }, 2},
		{"in NopCloser", func(f *os.File) io.ReadSeekCloser { return streaming.NopCloser(f) }, 3},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			o, err := clientOptions()
			if err != nil {
				t.Fatal(err)
			}
			var requests atomic.Int64
			s, stored := open(t, o, func(w http.ResponseWriter, req *http.Request, next http.Handler) {
				if requests.Add(1) > 2 {
					next.ServeHTTP(w, req)
					return
				}
				_, _ = io.Copy(io.Discard, req.Body)
				refuse(w, http.StatusServiceUnavailable, "ServerBusy")
			})
			err = s.uploadFile(t, tt.body)
			if got := requests.Load(); got != tt.want {
				t.Errorf("got %d requests, want %d (error: %v)", got, tt.want, err)
			}
			if tt.want == 3 && (err != nil || stored("file") != "a line\n") {
				t.Errorf("got error %v, want the file stored", err)
			}
		})
	}
}

func (s session) uploadFile(t *testing.T, body func(*os.File) io.ReadSeekCloser) error {
	t.Helper()
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, []byte("a line\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := f.Close(); err != nil && !errors.Is(err, os.ErrClosed) && !strings.Contains(err.Error(), "closed") {
			t.Error(err)
		}
	}()
	c := s.c.ServiceClient().NewContainerClient(container).NewBlockBlobClient("file")
	_, err = c.Upload(t.Context(), body(f), &blockblob.UploadOptions{})
	return err
}
