// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Package surefoot_test uses the whole stack as a program would: an http.Client
// around it, and real HTTP/1.1 and HTTP/2 servers on loopback. What needs time
// to pass is tested in the packages of the layers, where time is fake.
package surefoot_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/breaker"
	"github.com/surefoot-go/surefoot/classify"
	"github.com/surefoot-go/surefoot/retry"
	"github.com/surefoot-go/surefoot/transport"
)

// quick makes the waits of a test with real sockets too short to matter.
func quick() transport.Option {
	return transport.WithRetry(retry.WithBackoff(time.Millisecond, 2*time.Millisecond))
}

// overBoth runs a test over HTTP/1.1 and over HTTP/2.
func overBoth(t *testing.T, handler http.HandlerFunc, test func(t *testing.T, client *http.Client, url string), opts ...transport.Option) {
	t.Helper()
	for name, major := range map[string]int{"HTTP/1.1": 1, "HTTP/2": 2} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.ProtoMajor != major {
					t.Errorf("got %s, want major version %d", r.Proto, major)
				}
				handler(w, r)
			}))
			server.EnableHTTP2 = major == 2
			server.StartTLS()
			t.Cleanup(server.Close)
			client, err := transport.Wrap(server.Client(), append([]transport.Option{quick()}, opts...)...)
			if err != nil {
				t.Fatalf("Wrap: %v", err)
			}
			test(t, client, server.URL)
		})
	}
}

// read returns the body, which must read in full and close.
func read(t *testing.T, resp *http.Response) string {
	t.Helper()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Errorf("reading the body: %v", err)
	}
	if err := resp.Body.Close(); err != nil {
		t.Errorf("closing the body: %v", err)
	}
	return string(body)
}

func send(t *testing.T, client *http.Client, method, url string, body io.Reader, headers ...string) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatalf("%s: %v", method, err)
	}
	return resp
}

func TestStack_HandsOverTheLastResponseWhenAttemptsAreUsedUp(t *testing.T) {
	t.Parallel()
	overBoth(t, func() http.HandlerFunc {
		var n atomic.Int32
		return func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusServiceUnavailable)
			fmt.Fprintf(w, "no %d", n.Add(1))
		}
	}(), func(t *testing.T, client *http.Client, url string) {
		resp := send(t, client, http.MethodGet, url, nil)
		body := read(t, resp)
		// Both protocols run against handlers that share the counter.
		if resp.StatusCode != http.StatusServiceUnavailable || !strings.HasPrefix(body, "no ") {
			t.Errorf("got %d %q, want the last 503 with its body", resp.StatusCode, body)
		}
	})
}

func TestStack_AttemptsByMethodStatusAndKey(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, method string
		status       int
		headers      []string
		want         int32
	}{
		{"a GET that gets 503 is sent four times", http.MethodGet, 503, nil, 4},
		{"a PUT that gets 500 is sent four times", http.MethodPut, 500, nil, 4},
		{"a GET that gets 404 is sent once", http.MethodGet, 404, nil, 1},
		{"a GET that gets 422 is sent once", http.MethodGet, 422, nil, 1},
		{"a GET that gets 501 is sent once", http.MethodGet, 501, nil, 1},
		{"a POST that gets 503 is sent once", http.MethodPost, 503, nil, 1},
		{"a POST that gets 500 is sent once", http.MethodPost, 500, nil, 1},
		{"a PATCH that gets 502 is sent once", http.MethodPatch, 502, nil, 1},
		{"a POST with a key is sent four times", http.MethodPost, 502, []string{"Idempotency-Key", "k"}, 4},
		{"a POST with a key that gets 422 is sent once", http.MethodPost, 422, []string{"Idempotency-Key", "k"}, 1},
		{"a GET whose server forbids a retry is sent once", http.MethodGet, 599, nil, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for _, major := range []int{1, 2} {
				var attempts atomic.Int32
				server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					attempts.Add(1)
					if body, _ := io.ReadAll(r.Body); r.Method != http.MethodGet && string(body) != "pay 10" {
						t.Errorf("attempt %d: got body %q, want it whole", attempts.Load(), body)
					}
					if tt.status == 599 {
						w.Header().Set("X-Should-Retry", "false")
					}
					w.WriteHeader(tt.status)
				}))
				server.EnableHTTP2 = major == 2
				server.StartTLS()
				client, err := transport.Wrap(server.Client(), quick())
				if err != nil {
					t.Fatal(err)
				}
				var body io.Reader
				if tt.method != http.MethodGet {
					body = strings.NewReader("pay 10")
				}
				resp := send(t, client, tt.method, server.URL, body, tt.headers...)
				read(t, resp)
				if resp.StatusCode != tt.status || attempts.Load() != tt.want {
					t.Errorf("HTTP/%d: got %d after %d attempts, want %d after %d", major, resp.StatusCode, attempts.Load(), tt.status, tt.want)
				}
				server.Close()
			}
		})
	}
}

func TestStack_DeclinedCardCanBeReadAndTheBodyIsIntact(t *testing.T) {
	t.Parallel()
	const declined = `{"error":{"code":"card_declined","message":"Your card was declined.","param":"card"}}`
	overBoth(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusUnprocessableEntity)
		_, _ = io.WriteString(w, declined)
	}, func(t *testing.T, client *http.Client, url string) {
		resp := send(t, client, http.MethodPost, url, strings.NewReader("{}"))
		apiErr := classify.ErrorFrom(resp)
		if apiErr == nil || apiErr.Code != "card_declined" || apiErr.Status != 422 || apiErr.Class != classify.Terminal {
			t.Errorf("got %+v, want the declined card", apiErr)
		}
		if body := read(t, resp); body != declined {
			t.Errorf("got body %q, want it untouched", body)
		}
	})
}

func TestStack_KeylessPostToARefusedPortIsRetried(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0") // a port that nobody listens on
	if err != nil {
		t.Fatal(err)
	}
	addr := listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	var dials atomic.Int32
	base := &http.Transport{DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
		dials.Add(1)
		return new(net.Dialer).DialContext(ctx, network, addr)
	}}
	client, err := transport.Wrap(&http.Client{Transport: base}, quick())
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+addr, strings.NewReader("pay 10"))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := client.Do(req)
	if err == nil {
		resp.Body.Close()
		t.Fatal("got a response from a port nobody listens on")
	}
	if dials.Load() != 4 {
		t.Errorf("got %d dials, want 4", dials.Load())
	}
	var opErr *net.OpError
	if !errors.As(err, &opErr) || opErr.Op != "dial" {
		t.Errorf("got %v, want the dial error as the base gave it", err)
	}
}

func TestStack_EarlyAnswerToALargeBody(t *testing.T) {
	t.Parallel()
	payload := make([]byte, 8<<20)
	if _, err := rand.Read(payload); err != nil {
		t.Fatal(err)
	}
	want := sha256.Sum256(payload)
	tests := []struct {
		name string
		body func() io.Reader
		opts []transport.Option
	}{
		{"with GetBody", func() io.Reader { return bytes.NewReader(payload) }, nil},
		{
			"with a body buffer", func() io.Reader { return io.MultiReader(bytes.NewReader(payload)) },
			[]transport.Option{transport.WithRetry(retry.WithBodyBuffer(16 << 20))},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			overBoth(t, func() http.HandlerFunc {
				var n [3]atomic.Int32
				return func(w http.ResponseWriter, r *http.Request) {
					if n[r.ProtoMajor].Add(1) <= 2 {
						w.WriteHeader(http.StatusServiceUnavailable) // without reading the body
						return
					}
					h := sha256.New()
					if _, err := io.Copy(h, r.Body); err != nil || !bytes.Equal(h.Sum(nil), want[:]) {
						t.Errorf("the last attempt's body differs (%v)", err)
					}
				}
			}(), func(t *testing.T, client *http.Client, url string) {
				resp := send(t, client, http.MethodPut, url, tt.body())
				read(t, resp)
				if resp.StatusCode != http.StatusOK {
					t.Errorf("got %d, want 200", resp.StatusCode)
				}
			}, tt.opts...)
		})
	}
}

func TestStack_LongRetryAfterAndShortDeadlineGiveTheAnswerAtOnce(t *testing.T) {
	t.Parallel()
	overBoth(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "60")
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = io.WriteString(w, "come back later")
	}, func(t *testing.T, client *http.Client, url string) {
		client.Timeout = 30 * time.Second // under the 60 s, and far over what the test may take
		resp := send(t, client, http.MethodGet, url, nil)
		if body := read(t, resp); resp.StatusCode != http.StatusServiceUnavailable || body != "come back later" {
			t.Errorf("got %d %q, want the 503 as it is", resp.StatusCode, body)
		}
	})
}

func TestStack_KeysStayTheSameOnEveryAttempt(t *testing.T) {
	t.Parallel()
	keys := make(chan string, 8)
	overBoth(t, func() http.HandlerFunc {
		var n [3]atomic.Int32
		return func(w http.ResponseWriter, r *http.Request) {
			keys <- r.Proto + r.Header.Get("Idempotency-Key")
			if n[r.ProtoMajor].Add(1) < 3 {
				w.WriteHeader(http.StatusBadGateway)
			}
		}
	}(), func(t *testing.T, client *http.Client, url string) {
		resp := send(t, client, http.MethodPost, url, strings.NewReader("pay 10"))
		read(t, resp)
		if resp.StatusCode != http.StatusOK {
			t.Errorf("got %d, want 200", resp.StatusCode)
		}
	}, transport.WithIdempotencyKeys())
	t.Cleanup(func() {
		close(keys)
		seen := map[string]int{}
		for k := range keys {
			seen[k]++
		}
		if len(seen) != 2 {
			t.Errorf("got keys %v, want one for each of two calls", seen)
		}
		for k, n := range seen {
			if n != 3 || strings.HasSuffix(k, "0") && len(k) < 16 {
				t.Errorf("key %q was sent %d times, want 3", k, n)
			}
		}
	})
}

func TestStack_IsTransparent(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	mux.HandleFunc("/redirect", func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "seen", Value: "1"})
		http.Redirect(w, r, "/trailer", http.StatusFound)
	})
	mux.HandleFunc("/trailer", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Trailer", "Sum")
		_, _ = io.WriteString(w, "body")
		w.Header().Set("Sum", "4")
	})
	mux.HandleFunc("/events", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, "data: 1\n\n")
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done() // until the client has seen it
	})
	overBoth(t, mux.ServeHTTP, func(t *testing.T, client *http.Client, url string) {
		resp := send(t, client, http.MethodGet, url+"/redirect", nil)
		if body := read(t, resp); body != "body" || resp.Trailer.Get("Sum") != "4" || resp.Request.URL.Path != "/trailer" {
			t.Errorf("got %q, trailer %v, from %s", body, resp.Trailer, resp.Request.URL)
		}

		noFollow := *client
		noFollow.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		resp = send(t, &noFollow, http.MethodGet, url+"/redirect", nil)
		if read(t, resp); resp.StatusCode != http.StatusFound {
			t.Errorf("got %d, want the 302 itself", resp.StatusCode)
		}

		resp = send(t, client, http.MethodHead, url+"/trailer", nil)
		if body := read(t, resp); body != "" {
			t.Errorf("got body %q of a HEAD", body)
		}

		resp = send(t, client, http.MethodGet, url+"/events", nil)
		event := make([]byte, len("data: 1\n\n"))
		if _, err := io.ReadFull(resp.Body, event); err != nil || string(event) != "data: 1\n\n" {
			t.Errorf("got %q, %v, want the event before the stream ends", event, err)
		}
		resp.Body.Close()
	})
}

func TestStack_SwitchingProtocolsKeepsTheConnection(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Connection", "Upgrade")
		w.Header().Set("Upgrade", "echo")
		w.WriteHeader(http.StatusSwitchingProtocols)
		conn, rw, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Errorf("Hijack: %v", err)
			return
		}
		defer conn.Close()
		line, _ := rw.ReadString('\n')
		_, _ = io.WriteString(conn, "echo "+line)
	}))
	t.Cleanup(server.Close)
	client, err := transport.Wrap(server.Client(), quick(), transport.WithAttemptTimeout(time.Minute), transport.WithTotalTimeout(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	resp := send(t, client, http.MethodGet, server.URL, nil, "Connection", "Upgrade", "Upgrade", "echo")
	conn, ok := resp.Body.(io.ReadWriteCloser)
	if !ok {
		t.Fatalf("got a body of type %T, want one that can be written to", resp.Body)
	}
	if _, err := io.WriteString(conn, "hello\n"); err != nil {
		t.Fatal(err)
	}
	if got := read(t, resp); got != "echo hello\n" {
		t.Errorf("got %q, want the echo", got)
	}
}

func TestStack_RejectionIsFoundThroughTheClientsError(t *testing.T) {
	t.Parallel()
	overBoth(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusInternalServerError)
	}, func(t *testing.T, client *http.Client, url string) {
		// The budget pays for 10 retries, so 10 calls fail 20 times.
		for range 10 {
			read(t, send(t, client, http.MethodGet, url, nil))
		}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader("pay 10"))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := client.Do(req)
		if err == nil {
			resp.Body.Close()
			t.Fatalf("got %d after 20 failures, want a rejection", resp.StatusCode)
		}
		var open *breaker.OpenError
		if !errors.Is(err, breaker.ErrOpen) || !errors.As(err, &open) || open.Key != url || open.RetryAfter <= 0 || open.RetryAfter > time.Second {
			t.Errorf("got %v (%+v), want the open circuit of %s and its wait", err, open, url)
		}
	})
}

func TestStack_MisdirectedRequestGetsAConnectionOfItsOwn(t *testing.T) {
	t.Parallel()
	conns := make(chan string, 8)
	overBoth(t, func() http.HandlerFunc {
		var n [3]atomic.Int32
		return func(w http.ResponseWriter, r *http.Request) {
			conns <- r.Proto + " " + r.RemoteAddr
			switch n[r.ProtoMajor].Add(1) {
			case 1: // leaves an idle connection that would be used again
			case 2:
				w.WriteHeader(http.StatusMisdirectedRequest)
			}
		}
	}(), func(t *testing.T, client *http.Client, url string) {
		read(t, send(t, client, http.MethodGet, url, nil))
		resp := send(t, client, http.MethodPost, url, strings.NewReader("x"))
		read(t, resp)
		if resp.StatusCode != http.StatusOK {
			t.Errorf("got %d, want 200 from the other connection", resp.StatusCode)
		}
	})
	t.Cleanup(func() {
		close(conns)
		seen := map[string]int{}
		for c := range conns {
			seen[c]++
		}
		if len(seen) != 4 {
			t.Errorf("got connections %v, want two for each protocol", seen)
		}
	})
}

func TestReadme_CodeIsTheExampleAndCommandsAreThere(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	example, err := os.ReadFile("transport/example_test.go")
	if err != nil {
		t.Fatal(err)
	}
	// The body of main there is the body of Example here.
	_, code, ok := strings.Cut(string(readme), "func main() {\n")
	code, _, closed := strings.Cut(code, "\n}\n")
	if !ok || !closed || !strings.Contains(string(example), "func Example() {\n"+code+"\n}\n") {
		t.Errorf("the program of README.md is not Example in transport/example_test.go:\n%s", code)
	}
	for _, command := range []string{"go run ./examples/cloudpayments", "go test ./..."} {
		if !strings.Contains(string(readme), command) {
			t.Errorf("README.md lacks the command %q", command)
		}
	}
}
