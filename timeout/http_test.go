// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package timeout_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestTransport_SlowHeadersEndAtTheLimit(t *testing.T) {
	t.Parallel()
	inMemory(t, stuck, func(t *testing.T, base http.RoundTripper) {
		t.Helper()
		start := time.Now()
		resp, err := wrap(t, base.RoundTrip).RoundTrip(get(t.Context(), t))
		if got := time.Since(start); got != limit {
			t.Errorf("got an end after %v, want %v", got, limit)
		}
		if got := wantExpired(t, resp, err); got.Err != nil {
			t.Errorf("got %v inside, want nothing but the limit", got.Err)
		}
	})
}

func TestTransport_AClientSeesATimeout(t *testing.T) {
	t.Parallel()
	inMemory(t, stuck, func(t *testing.T, base http.RoundTripper) {
		t.Helper()
		client := &http.Client{Transport: wrap(t, base.RoundTrip)}
		resp, err := client.Do(get(t.Context(), t))
		wantExpired(t, resp, err)
		var outer *url.Error
		if !errors.As(err, &outer) || !outer.Timeout() {
			t.Errorf("got %v, want a url.Error that is a timeout", err)
		}
	})
}

func TestTransport_SlowBodiesAreNotCut(t *testing.T) {
	t.Parallel()
	inMemory(t, drip, func(t *testing.T, base http.RoundTripper) {
		t.Helper()
		start := time.Now()
		resp, err := wrap(t, base.RoundTrip).RoundTrip(get(t.Context(), t))
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		got, err := io.ReadAll(resp.Body)
		if err != nil || string(got) != strings.Repeat("drop", 4) {
			t.Errorf("got %q, %v, want four drops", got, err)
		}
		if took := time.Since(start); took != time.Hour {
			t.Errorf("got the end after %v, want an hour", took)
		}
	})
}

func TestTransport_BodiesObeyTheCaller(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name string
		end  func(context.Context) (context.Context, context.CancelFunc)
		want error
	}{
		{"who cancels", func(ctx context.Context) (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(ctx)
			time.AfterFunc(20*time.Minute, cancel)
			return ctx, cancel
		}, context.Canceled},
		{"who has a deadline", func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, 20*time.Minute)
		}, context.DeadlineExceeded},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			inMemory(t, drip, func(t *testing.T, base http.RoundTripper) {
				t.Helper()
				ctx, cancel := row.end(t.Context())
				defer cancel()
				resp, err := wrap(t, base.RoundTrip).RoundTrip(get(ctx, t))
				if err != nil {
					t.Fatal(err)
				}
				defer resp.Body.Close()
				got, err := io.ReadAll(resp.Body)
				if err != row.want || string(got) != "dropdrop" { //nolint:errorlint // the very same
					t.Errorf("got %q, %v, want two drops and the bare %v", got, err, row.want)
				}
			})
		})
	}
}

func TestTransport_TheCallersEndIsAsWithoutTheLayer(t *testing.T) {
	t.Parallel()
	inMemory(t, stuck, func(t *testing.T, base http.RoundTripper) {
		t.Helper()
		for _, rt := range []http.RoundTripper{base, wrap(t, base.RoundTrip)} {
			quit := errors.New("quit")
			ctx, cancel := context.WithCancelCause(t.Context())
			time.AfterFunc(time.Second, func() { cancel(quit) })
			if _, err := rt.RoundTrip(get(ctx, t)); err != quit { //nolint:errorlint // the very same; none
				t.Errorf("got %v, want the caller's cause", err)
			}
			ctx, stop := context.WithTimeout(t.Context(), time.Second)
			defer stop()
			if _, err := rt.RoundTrip(get(ctx, t)); err != context.DeadlineExceeded { //nolint:errorlint // the very same; none
				t.Errorf("got %v, want context.DeadlineExceeded", err)
			}
		}
	})
}

// echo switches protocols and sends back the line that it reads.
func echo(w http.ResponseWriter, _ *http.Request) {
	conn, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer conn.Close()
	_, _ = rw.WriteString("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n")
	_ = rw.Flush()
	if line, err := rw.ReadString('\n'); err == nil {
		_, _ = rw.WriteString(line)
		_ = rw.Flush()
	}
}

func TestTransport_SwitchingProtocolsOutlivesTheLimit(t *testing.T) {
	t.Parallel()
	inMemory(t, echo, func(t *testing.T, base http.RoundTripper) {
		t.Helper()
		req := get(t.Context(), t)
		req.Header.Set("Connection", "Upgrade")
		req.Header.Set("Upgrade", "echo")
		resp, err := wrap(t, base.RoundTrip).RoundTrip(req)
		if err != nil || resp.StatusCode != http.StatusSwitchingProtocols {
			t.Fatalf("got %v, %v, want 101", resp, err)
		}
		conn, can := resp.Body.(io.ReadWriteCloser)
		if !can {
			t.Fatalf("got %T, want an io.ReadWriteCloser", resp.Body)
		}
		defer conn.Close()
		sleep(2 * limit)
		if _, err := io.WriteString(conn, "hello\n"); err != nil {
			t.Error(err)
		}
		if got, err := bufio.NewReader(conn).ReadString('\n'); err != nil || got != "hello\n" {
			t.Errorf("got %q, %v, want the line back", got, err)
		}
	})
}
