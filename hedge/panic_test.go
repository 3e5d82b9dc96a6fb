// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package hedge_test

import (
	"io"
	"net/http"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/hedge"
)

// ends makes a call on a goroutine of its own and tells how that ended.
func ends(rt http.RoundTripper, req *http.Request) (returned bool, panicked any) {
	var wg sync.WaitGroup
	wg.Go(func() {
		defer func() { panicked = recover() }()
		_, _ = rt.RoundTrip(req)
		returned = true
	})
	wg.Wait()
	return returned, panicked
}

func TestRoundTrip_CarriesPanicsToTheCaller(t *testing.T) {
	t.Parallel()
	rows := []struct {
		name  string
		steps []step
		other int // the attempt that has to be canceled, or -1
	}{
		{"of the first", []step{panics(http.ErrAbortHandler)}, -1},
		{"of the first beside a hedge", []step{after(2*delay, panics(http.ErrAbortHandler)), hangs}, 1},
		{"of the hedge", []step{hangs, panics(http.ErrAbortHandler)}, 0},
		{"of the hedge after the first has failed", []step{after(2*delay, status(503)), after(3*delay, panics(http.ErrAbortHandler))}, 0},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				base := newHost(row.steps...)
				_, got := ends(fixed(t, base), get(t))
				if got != http.ErrAbortHandler { //nolint:errorlint // the very same
					t.Errorf("got panic %v, want http.ErrAbortHandler", got)
				}
				settle(time.Minute)
				for i, a := range wantAttempts(t, base, len(row.steps)) {
					if a.ctx.Err() == nil {
						t.Errorf("got the context of attempt %d alive, want it canceled", i+1)
					}
					if a.spy != nil && a.spy.closed.Load() != 1 {
						t.Errorf("got the body of attempt %d closed %d times, want once", i+1, a.spy.closed.Load())
					}
				}
			})
		})
	}
}

func TestRoundTrip_CarriesGoexitToTheCaller(t *testing.T) {
	t.Parallel()
	exit := func(*attempt) (*http.Response, error) {
		runtime.Goexit()
		return nil, nil
	}
	for name, steps := range map[string][]step{"of the first": {exit}, "of the hedge": {hangs, exit}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				returned, panicked := ends(fixed(t, newHost(steps...)), get(t))
				if returned || panicked != nil {
					t.Errorf("got returned %t and panic %v, want the goroutine ended", returned, panicked)
				}
			})
		})
	}
}

// There is nobody left who could catch it, and it must not end the program.
func TestRoundTrip_DropsThePanicOfLoser(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		base := newHost(deaf(time.Hour, panics("late")), status(200))
		wantStatus(t, fixed(t, base), get(t), 200)
		settle(2 * time.Hour)
		wantAttempts(t, base, 2)
	})
}

// The panic of a user's function passes too, and takes nothing with it.
func TestRoundTrip_LetsGoOfAttemptsWhenGetBodyPanics(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		base := newHost(hangs)
		req := query(t, "q")
		req.GetBody = nil
		req = req.WithContext(t.Context())
		req.GetBody = panicsOnGet
		if _, got := ends(fixed(t, base), req); got != "no body" {
			t.Errorf("got panic %v, want GetBody's", got)
		}
		settle(time.Minute)
		if wantAttempts(t, base, 1)[0].ctx.Err() == nil {
			t.Error("got the first attempt going on, want it canceled")
		}
	})
}

// A layer must not take the body of a hedge with it when it panics.
func TestRoundTrip_ClosesTheBodyOfHedgeThatPanics(t *testing.T) {
	t.Parallel()
	for name, first := range map[string]step{"while the call goes on": hangs, "when it is over": after(2*delay, status(200))} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				spy := &spyBody{}
				req := query(t, "q")
				req.GetBody = spy.get
				base := newHost(first)
				h := newHedger(t, hedge.WithDelay(delay))
				ends(h.Wrap(rtFunc(func(req *http.Request) (*http.Response, error) {
					if hedge.Is(req.Context()) {
						if name == "when it is over" {
							pass(time.Hour)
						}
						panic("unread")
					}
					return base.RoundTrip(req)
				})), req)
				settle(2 * time.Hour)
				if got := spy.closed.Load(); got != 1 {
					t.Errorf("got the body closed %d times, want once", got)
				}
			})
		})
	}
}

// A body that nobody wants is read and closed on goroutines on which nobody could
// recover.
func TestRoundTrip_APanicOfABodyThatIsDiscardedEndsIt(t *testing.T) {
	t.Parallel()
	for _, where := range []string{"Read", "Close"} {
		trouble := func(a *attempt) (*http.Response, error) {
			return &http.Response{StatusCode: http.StatusServiceUnavailable, ContentLength: -1, Body: panicking(where), Request: a.req}, nil
		}
		rows := []struct {
			name  string
			steps []step
		}{
			{"of a hedge in trouble", []step{after(2*delay, status(http.StatusOK)), trouble}},
			{"of a first attempt that comes too late", []step{after(2*delay, trouble), status(http.StatusOK)}},
		}
		for _, row := range rows {
			t.Run(where+" "+row.name, func(t *testing.T) {
				t.Parallel()
				bubble(t, func(t *testing.T) {
					resp, err := fixed(t, newHost(row.steps...)).RoundTrip(get(t))
					if err != nil || resp.StatusCode != http.StatusOK {
						t.Errorf("got %v, %v, want status 200", resp, err)
					}
					_ = resp.Body.Close()
					settle(time.Minute)
				})
			})
		}
	}
}

// panicking is a body that panics where it says.
type panicking string

func (p panicking) Read([]byte) (int, error) {
	if p == "Read" {
		panic("in Read")
	}
	return 0, io.EOF
}

func (p panicking) Close() error {
	if p == "Close" {
		panic("in Close")
	}
	return nil
}
