// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package docs_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/surefoot-go/surefoot/classify"
	"github.com/surefoot-go/surefoot/observe"
	"github.com/surefoot-go/surefoot/retry"
	"github.com/surefoot-go/surefoot/transport"
	"github.com/surefoot-go/surefoot/trip"
)

// docs:begin faq-idempotent

// search is a POST that changes nothing, so it may be repeated.
func search(ctx context.Context, client *http.Client, url, query string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(retry.Idempotent(ctx), http.MethodPost, url, strings.NewReader(query))
	if err != nil {
		return nil, err
	}
	return client.Do(req)
}

// docs:end faq-idempotent

func Example_faqIdempotent() {
	server := answering(503, 200)
	defer server.Close()
	client, err := transport.Wrap(nil, soon)
	if err != nil {
		log.Fatal(err)
	}
	server.tell(search(context.Background(), client, server.URL, "q"))
	// Output: 200 after 2 requests
}

func Example_faqSign() {
	server := serve(func(n int32, w http.ResponseWriter, r *http.Request) {
		fmt.Println(r.Header.Get("Authorization"))
		if n == 1 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	defer server.Close()
	tokens := []string{"first", "second"}
	token := func(ctx context.Context) string { return tokens[retry.Attempt(ctx)-1] }

	// docs:begin faq-sign
	sign := func(next http.RoundTripper) http.RoundTripper {
		return trip.Func(func(req *http.Request) (*http.Response, error) {
			signed := req.Clone(req.Context()) // the request is not ours to change
			signed.Header.Set("Authorization", "Bearer "+token(req.Context()))
			return next.RoundTrip(signed)
		})
	}
	client, err := transport.Wrap(new(http.Client), transport.WithPerAttempt(sign))
	// docs:end faq-sign
	if err != nil {
		log.Fatal(err)
	}
	server.tell(client.Get(server.URL))
	// Output:
	// Bearer first
	// Bearer second
	// 200 after 2 requests
}

func Example_faqBuffer() {
	server := answering(503, 200)
	defer server.Close()

	// docs:begin faq-buffer
	client, err := transport.Wrap(new(http.Client),
		transport.WithRetry(retry.WithBodyBuffer(1<<20))) // a megabyte of it, as it streams by
	// docs:end faq-buffer
	if err != nil {
		log.Fatal(err)
	}
	req, err := http.NewRequest(http.MethodPut, server.URL, io.LimitReader(strings.NewReader("no GetBody"), 10))
	if err != nil {
		log.Fatal(err)
	}
	server.tell(client.Do(req))
	// Output: 200 after 2 requests
}

func Example_faqTenant() {
	server := answering(200)
	defer server.Close()

	// docs:begin faq-tenant
	stack, err := transport.New(nil, transport.WithKey(func(req *http.Request) string {
		return req.URL.Host + " " + req.Header.Get("X-Tenant")
	}))
	// docs:end faq-tenant
	if err != nil {
		log.Fatal(err)
	}
	req, err := http.NewRequest(http.MethodGet, server.URL, nil)
	if err != nil {
		log.Fatal(err)
	}
	req.Header.Set("X-Tenant", "acme")
	server.tell((&http.Client{Transport: stack}).Do(req))
	_, tenant, _ := strings.Cut(stack.Snapshot().Keys[0].Key, " ")
	fmt.Println(tenant)
	// Output:
	// 200 after 1 requests
	// acme
}

func Example_faqPing() {
	server := answering(200)
	defer server.Close()

	// docs:begin faq-ping
	base := http.DefaultTransport.(*http.Transport).Clone()
	base.HTTP2 = &http.HTTP2Config{
		SendPingTimeout: 15 * time.Second, // ask after so much silence
		PingTimeout:     5 * time.Second,  // and give up the connection after this
	}
	stack, err := transport.New(base)
	// docs:end faq-ping
	if err != nil {
		log.Fatal(err)
	}
	server.tell((&http.Client{Transport: stack}).Get(server.URL))
	stack.CloseIdleConnections()
	// Output: 200 after 1 requests
}

func Example_faqCode() {
	server := answering(400, 200)
	defer server.Close()

	// docs:begin faq-code
	busy, err := classify.New(classify.WithBodyCode(http.StatusBadRequest, "example", classify.Retryable))
	// docs:end faq-code
	if err != nil {
		log.Fatal(err)
	}
	client, err := transport.Wrap(nil, soon, transport.WithClassifier(busy))
	if err != nil {
		log.Fatal(err)
	}
	server.tell(client.Get(server.URL))
	// Output: 200 after 2 requests
}

func Example_faqEvents() {
	server := answering(503, 200)
	defer server.Close()

	// docs:begin faq-events
	attempts := observe.Func(func(e observe.Event) {
		if e.Kind == observe.CallFinished && e.Attempt > 1 {
			fmt.Printf("%s took %d attempts, and ended with %d\n", e.Method, e.Attempt, e.Status)
		}
	})
	client, err := transport.Wrap(new(http.Client), transport.WithObserver(attempts))
	// docs:end faq-events
	if err != nil {
		log.Fatal(err)
	}
	server.tell(client.Get(server.URL))
	// Output:
	// GET took 2 attempts, and ended with 200
	// 200 after 2 requests
}

func Example_faqSlog() {
	server := answering(503, 200)
	defer server.Close()
	handler := slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{
		Level: slog.LevelDebug,
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.LevelKey || a.Key == slog.MessageKey || a.Key == "attempt" || a.Key == "status" {
				return a
			}
			return slog.Attr{}
		},
	})
	logger := slog.New(handler)

	// docs:begin faq-slog
	client, err := transport.Wrap(new(http.Client), transport.WithObserver(observe.NewSlog(logger)))
	// docs:end faq-slog
	if err != nil {
		log.Fatal(err)
	}
	server.tell(client.Get(server.URL))
	// Output:
	// level=DEBUG msg="retry scheduled" surefoot.attempt=1 surefoot.status=503
	// level=DEBUG msg="call finished after retries" surefoot.attempt=2 surefoot.status=200
	// 200 after 2 requests
}
