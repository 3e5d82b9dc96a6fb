// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package classify_test

import (
	"bufio"
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/classify"
)

// What the real network stack returns for each kind of trouble, over loopback.
func TestClassify_Loopback(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		want classify.Verdict
		url  func(t *testing.T, tr *http.Transport) string
	}{{
		name: "nobody listens",
		want: notSent(classify.Retryable, classify.ReasonRefused),
		url:  func(t *testing.T, _ *http.Transport) string { return "http://" + nobody(t) },
	}, {
		name: "nobody listens at the proxy",
		want: notSent(classify.Retryable, classify.ReasonRefused),
		url: func(t *testing.T, tr *http.Transport) string {
			tr.Proxy = http.ProxyURL(&url.URL{Scheme: "http", Host: nobody(t)})
			return "https://host.test"
		},
	}, {
		name: "nobody listens at the SOCKS proxy",
		want: notSent(classify.Retryable, classify.ReasonRefused),
		url: func(t *testing.T, tr *http.Transport) string {
			tr.Proxy = http.ProxyURL(&url.URL{Scheme: "socks5", Host: nobody(t)})
			return "http://host.test"
		},
	}, {
		name: "a SOCKS proxy that says no",
		want: notSent(classify.Retryable, classify.ReasonConnect),
		url: func(t *testing.T, tr *http.Transport) string {
			addr := listen(t, func(conn net.Conn) { _, _ = conn.Write([]byte{5, 0xff}) })
			tr.Proxy = http.ProxyURL(&url.URL{Scheme: "socks5", Host: addr})
			return "http://host.test"
		},
	}, {
		name: "a port out of range",
		want: notSent(classify.Terminal, classify.ReasonRequest),
		url:  func(*testing.T, *http.Transport) string { return "http://127.0.0.1:99999" },
	}, {
		name: "a dial that is too slow",
		want: notSent(classify.Retryable, classify.ReasonTimeout),
		url: func(t *testing.T, tr *http.Transport) string {
			tr.DialContext = (&net.Dialer{Timeout: time.Nanosecond}).DialContext
			return "http://" + nobody(t)
		},
	}, {
		name: "headers that are too slow",
		want: verdict(classify.Retryable, classify.ReasonTimeout),
		url: func(t *testing.T, tr *http.Transport) string {
			tr.ResponseHeaderTimeout = time.Millisecond
			return "http://" + listen(t, sink)
		},
	}, {
		name: "reset by the server",
		want: verdict(classify.Retryable, classify.ReasonReset),
		url: func(t *testing.T, _ *http.Transport) string {
			return "http://" + listen(t, func(conn net.Conn) {
				_, _ = http.ReadRequest(bufio.NewReader(conn))
				_ = conn.(*net.TCPConn).SetLinger(0)
			})
		},
	}, {
		name: "closed without an answer",
		want: verdict(classify.Retryable, classify.ReasonReset),
		url:  func(t *testing.T, _ *http.Transport) string { return "http://" + cut(t, "") },
	}, {
		name: "closed between two lines of the answer",
		want: verdict(classify.Retryable, classify.ReasonReset),
		url:  func(t *testing.T, _ *http.Transport) string { return "http://" + cut(t, "HTTP/1.1 200 OK\r\n") },
	}, {
		name: "closed within the first line of the answer",
		want: verdict(classify.Retryable, classify.ReasonProtocol),
		url:  func(t *testing.T, _ *http.Transport) string { return "http://" + cut(t, "HTTP/1.1 20") },
	}, {
		name: "closed within another line of the answer",
		want: verdict(classify.Retryable, classify.ReasonProtocol),
		url:  func(t *testing.T, _ *http.Transport) string { return "http://" + cut(t, "HTTP/1.1 200 OK\r\nContent-") },
	}, {
		name: "TLS to a server without",
		want: notSent(classify.Terminal, classify.ReasonTLS),
		url: func(t *testing.T, _ *http.Transport) string {
			server := httptest.NewServer(http.NotFoundHandler())
			t.Cleanup(server.Close)
			return strings.Replace(server.URL, "http", "https", 1)
		},
	}, {
		name: "a certificate that nobody signed",
		want: notSent(classify.Terminal, classify.ReasonCertificate),
		url:  func(t *testing.T, _ *http.Transport) string { return tlsServer(t, nil).URL },
	}, {
		name: "a certificate for another name",
		want: notSent(classify.Terminal, classify.ReasonCertificate),
		url: func(t *testing.T, tr *http.Transport) string {
			server := tlsServer(t, nil)
			tr.TLSClientConfig = server.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
			tr.TLSClientConfig.ServerName = "host.test"
			return server.URL
		},
	}, {
		name: "a server that does not trust our certificate",
		want: verdict(classify.Terminal, classify.ReasonCertificate),
		url: func(t *testing.T, tr *http.Transport) string {
			// In TLS 1.3 it would say so after the handshake only, together
			// with hanging up, and either may be seen first.
			server := tlsServer(t, &tls.Config{ClientAuth: tls.RequireAndVerifyClientCert, MaxVersion: tls.VersionTLS12})
			tr.TLSClientConfig = &tls.Config{InsecureSkipVerify: true, Certificates: server.TLS.Certificates}
			return server.URL
		},
	}, {
		name: "a server with another version of TLS",
		want: verdict(classify.Terminal, classify.ReasonTLS),
		url: func(t *testing.T, tr *http.Transport) string {
			tr.TLSClientConfig = &tls.Config{InsecureSkipVerify: true, MaxVersion: tls.VersionTLS12}
			return tlsServer(t, &tls.Config{MinVersion: tls.VersionTLS13}).URL
		},
	}, {
		name: "a server that hangs up in the handshake",
		want: verdict(classify.Retryable, classify.ReasonReset),
		url: func(t *testing.T, _ *http.Transport) string {
			return "https://" + listen(t, func(conn net.Conn) { _, _ = conn.Read(make([]byte, 1<<10)) })
		},
	}} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			tr := new(http.Transport)
			t.Cleanup(tr.CloseIdleConnections)
			target := test.url(t, tr)
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, target, http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			resp, err := tr.RoundTrip(req)
			if err == nil {
				resp.Body.Close()
				t.Fatalf("got status %d, want an error", resp.StatusCode)
			}
			t.Log(err)
			checkVerdict(t, classify.Default().Classify(req, nil, err), test.want)
		})
	}
}

// nobody returns an address at which nobody listens any more.
func nobody(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Skip(err)
	}
	l.Close()
	return l.Addr().String()
}

// listen returns an address at which serve serves, one connection after
// another. They are closed afterwards.
func listen(t *testing.T, serve func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			serve(conn)
			conn.Close()
		}
	}()
	return l.Addr().String()
}

// cut returns the address of a server that hangs up within its answer.
func cut(t *testing.T, answer string) string {
	t.Helper()
	return listen(t, func(conn net.Conn) {
		_, _ = http.ReadRequest(bufio.NewReader(conn))
		_, _ = io.WriteString(conn, answer)
	})
}

func tlsServer(t *testing.T, cfg *tls.Config) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.TLS = cfg
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	return server
}
