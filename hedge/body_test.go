// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package hedge_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/surefoot-go/surefoot/hedge"
	"github.com/surefoot-go/surefoot/observe"
	"github.com/surefoot-go/surefoot/trip"
)

type rtFunc = trip.Func

// query makes a request that is safe and has a body with GetBody.
func query(tb testing.TB, content string) *http.Request {
	tb.Helper()
	req, err := http.NewRequestWithContext(context.Background(), "QUERY", url, strings.NewReader(content))
	if err != nil {
		tb.Fatal(err)
	}
	return req
}

// get returns the body, as GetBody does.
func (b *spyBody) get() (io.ReadCloser, error) { return b, nil }

func panicsOnGet() (io.ReadCloser, error) { panic("no body") }

func TestRoundTrip_GivesEachAttemptItsBody(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		base := newHost(hangs, status(200))
		own := &spyBody{Reader: strings.NewReader("select all")}
		req := query(t, "select all")
		req.Body = own
		wantStatus(t, fixed(t, base), req, 200)
		for i, a := range wantAttempts(t, base, 2) {
			if a.body != "select all" {
				t.Errorf("got body %q in attempt %d, want all of it", a.body, i+1)
			}
		}
		if got := own.closed.Load(); got != 1 {
			t.Errorf("got the caller's body closed %d times, want once", got)
		}
	})
}

func TestRoundTrip_DoesWithoutHedgeIfGetBodyFails(t *testing.T) {
	t.Parallel()
	rows := []struct {
		name string
		body io.ReadCloser
		err  error
	}{
		{"with an error", nil, errReset},
		{"with an error and a body", &spyBody{}, errReset},
		{"with neither", nil, nil},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				base, events := newHost(after(time.Second, status(200))), &log{}
				h := newHedger(t, hedge.WithDelay(delay), hedge.WithBudget(1, 0), hedge.WithObserver(events))
				rt := h.Wrap(base)
				req := query(t, "q")
				getBody := req.GetBody
				req.GetBody = func() (io.ReadCloser, error) { return row.body, row.err }
				wantStatus(t, rt, req, 200)
				wantAttempts(t, base, 1)
				if got := events.all(); len(got) != 1 || got[0].Kind != observe.HedgeSuppressed || got[0].Reason != observe.ReasonBody {
					t.Errorf("got events %v, want a hedge suppressed for its body", got)
				}
				if spy, ok := row.body.(*spyBody); ok && spy.closed.Load() != 1 {
					t.Errorf("got the body closed %d times, want once", spy.closed.Load())
				}
				// The only token is there again.
				req = query(t, "q")
				req.GetBody = getBody
				wantStatus(t, rt, req, 200)
				wantAttempts(t, base, 3)
			})
		})
	}
}

// The context of the winner lives as long as its body, and no longer.
func TestRoundTrip_ReleasesTheWinnerWithItsBody(t *testing.T) {
	t.Parallel()
	whole := func() io.Reader { return strings.NewReader("abc") }
	broken := func() io.Reader { return io.MultiReader(whole(), iotest.ErrReader(errReset)) }
	rows := []struct {
		name string
		body func() io.Reader
		use  func(*testing.T, io.ReadCloser)
	}{
		{"at its end", whole, func(t *testing.T, b io.ReadCloser) {
			if got, err := io.ReadAll(b); string(got) != "abc" || err != nil {
				t.Errorf("got %q and %v, want all of it", got, err)
			}
		}},
		{"when it breaks", broken, func(t *testing.T, b io.ReadCloser) {
			if got, err := io.ReadAll(b); string(got) != "abc" || err != errReset { //nolint:errorlint // the very same
				t.Errorf("got %q and %v, want what there is", got, err)
			}
		}},
		{"when it is closed early", whole, func(_ *testing.T, b io.ReadCloser) { _ = b.Close() }},
	}
	for _, row := range rows {
		for name, steps := range map[string]func(step) []step{
			"of the first": func(s step) []step { return []step{s} },
			"of the hedge": func(s step) []step { return []step{hangs, s} },
		} {
			t.Run(row.name+", "+name, func(t *testing.T) {
				t.Parallel()
				bubble(t, func(t *testing.T) {
					base := newHost(steps(func(a *attempt) (*http.Response, error) {
						a.spy = &spyBody{Reader: row.body(), ctx: a.ctx}
						return response(a.req, 200, a.spy), nil
					})...)
					resp, err := fixed(t, base).RoundTrip(get(t))
					if err != nil {
						t.Fatal(err)
					}
					settle(time.Hour) // long after the loser is gone
					seen := base.attempts()
					winner := seen[len(seen)-1]
					if err := winner.ctx.Err(); err != nil {
						t.Fatalf("got context with %v before the body's end, want it alive", err)
					}
					row.use(t, resp.Body)
					if winner.ctx.Err() == nil {
						t.Error("got the context alive, want it released")
					}
					_ = resp.Body.Close()
					if context.Cause(winner.ctx) == hedge.ErrLost { //nolint:errorlint // the very same
						t.Error("got cause ErrLost for the winner, want another")
					}
				})
			})
		}
	}
}

func TestRoundTrip_ReleasesTheWinnerWithoutBodyAtOnce(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]io.ReadCloser{"nil": nil, "NoBody": http.NoBody} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			base := newHost(func(a *attempt) (*http.Response, error) { return response(a.req, 204, body), nil })
			resp, err := fixed(t, base).RoundTrip(newRequest(t.Context(), t, http.MethodHead))
			if err != nil || resp.Body != body {
				t.Errorf("got %v and error %v, want the response as it was", resp, err)
			}
			if wantAttempts(t, base, 1)[0].ctx.Err() == nil {
				t.Error("got the context alive, want it released")
			}
		})
	}
}

type conn struct {
	*spyBody
	written strings.Builder
}

func (c *conn) Write(p []byte) (int, error) { return c.written.Write(p) }

type halfConn struct {
	conn
	half bool
}

func (c *halfConn) CloseWrite() error {
	c.half = true
	return nil
}

func TestRoundTrip_KeepsTheConnectionOfAnUpgrade(t *testing.T) {
	t.Parallel()
	plain := &conn{spyBody: &spyBody{Reader: strings.NewReader("abc")}}
	half := &halfConn{conn: conn{spyBody: &spyBody{Reader: strings.NewReader("abc")}}}
	for _, body := range []io.ReadWriteCloser{plain, half} {
		base := newHost(func(a *attempt) (*http.Response, error) { return response(a.req, 101, body), nil })
		resp, err := fixed(t, base).RoundTrip(get(t))
		if err != nil {
			t.Fatal(err)
		}
		w, ok := resp.Body.(io.ReadWriteCloser)
		if !ok {
			t.Fatalf("got %T, want an io.ReadWriteCloser", resp.Body)
		}
		_, _ = io.WriteString(w, "ping")
		if c, ok := resp.Body.(interface{ CloseWrite() error }); ok {
			_ = c.CloseWrite()
		}
		if got, _ := io.ReadAll(w); string(got) != "abc" {
			t.Errorf("got %q, want what the server says", got)
		}
		_ = w.Close()
	}
	if plain.written.String() != "ping" || half.written.String() != "ping" || !half.half {
		t.Errorf("got %q, %q and closed %t, want all of it passed on", plain.written.String(), half.written.String(), half.half)
	}
}

func TestRoundTrip_DrainsWhatItDiscards(t *testing.T) {
	t.Parallel()
	text := func(s string) func() io.Reader { return func() io.Reader { return strings.NewReader(s) } }
	big := text(strings.Repeat("x", 70_000))
	rows := []struct {
		name  string
		body  func() io.Reader
		edit  func(*http.Response)
		read  int64
		ended bool
	}{
		{"to its end", text("busy"), nil, 4, true},
		{"within bounds", big, nil, 64<<10 + 1, false},
		{"not one that is known to be too long", big, func(r *http.Response) { r.ContentLength = 70_000 }, 0, false},
		{"not one whose connection ends", text("busy"), func(r *http.Response) { r.Close = true }, 0, false},
		{"for a second at most", stalls, nil, 0, false},
	}
	for _, row := range rows {
		for name, order := range map[string]func(bad, good step) []step{
			"of the first": func(bad, good step) []step { return []step{after(2*delay, bad), after(2*delay, good)} },
			"of the hedge": func(bad, good step) []step { return []step{after(2*delay, good), bad} },
		} {
			t.Run(row.name+", "+name, func(t *testing.T) {
				t.Parallel()
				bubble(t, func(t *testing.T) {
					spy := &spyBody{Reader: row.body()}
					bad := func(a *attempt) (*http.Response, error) {
						a.spy = spy
						resp := response(a.req, 503, a.spy)
						if row.edit != nil {
							row.edit(resp)
						}
						return resp, nil
					}
					base := newHost(order(bad, status(200))...)
					resp, err := fixed(t, base).RoundTrip(get(t))
					if err != nil {
						t.Fatal(err)
					}
					defer resp.Body.Close()
					settle(time.Second + time.Millisecond)
					if spy.closed.Load() != 1 || spy.read.Load() != row.read || spy.ended.Load() != row.ended {
						t.Errorf("got it closed %d times, %d bytes read, at its end %t, want once, %d and %t",
							spy.closed.Load(), spy.read.Load(), spy.ended.Load(), row.read, row.ended)
					}
					seen := wantAttempts(t, base, 2)
					for i, a := range seen {
						if a.spy != spy {
							continue
						}
						if got := context.Cause(a.ctx); !errors.Is(got, hedge.ErrLost) {
							t.Errorf("got cause %v for attempt %d, want ErrLost", got, i+1)
						}
					}
				})
			})
		}
	}
}

// stalls returns a body that gives nothing for ten seconds.
func stalls() io.Reader {
	return readerFunc(func([]byte) (int, error) {
		pass(10 * time.Second)
		return 0, io.EOF
	})
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// Bases that break the contract are no reason to break it too.
func TestRoundTrip_OfBaseThatBreaksTheContract(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]io.ReadCloser{"with a body": &spyBody{}, "without": http.NoBody} {
		t.Run("a response and an error, "+name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				base := newHost(func(a *attempt) (*http.Response, error) { return response(a.req, 200, body), errReset })
				if _, _, err := send(t, fixed(t, base), get(t)); err != errReset { //nolint:errorlint // the very same
					t.Errorf("got error %v, want the base's", err)
				}
				settle(time.Minute)
				if spy, ok := body.(*spyBody); ok && spy.closed.Load() != 1 {
					t.Errorf("got the body closed %d times, want once", spy.closed.Load())
				}
			})
		})
	}
	t.Run("neither", func(t *testing.T) {
		t.Parallel()
		base := newHost(func(*attempt) (*http.Response, error) { return nil, nil })
		if resp, err := fixed(t, base).RoundTrip(get(t)); resp != nil || err != nil {
			t.Errorf("got %v and %v, want what the base gave", resp, err)
		}
	})
}
