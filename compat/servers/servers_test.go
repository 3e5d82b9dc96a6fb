// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package servers_test

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/surefoot-go/surefoot/compat/servers"
	"github.com/surefoot-go/surefoot/retry"
	"github.com/surefoot-go/surefoot/transport"
	"github.com/surefoot-go/surefoot/trip"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// need skips a test that needs a program which is not here, or fails it where
// that is asked for.
func need(t *testing.T, err error) {
	t.Helper()
	switch {
	case err == nil:
	case !errors.Is(err, servers.ErrNotInstalled) || os.Getenv(servers.RequireEnv) == "1":
		t.Fatal(err)
	default:
		t.Skipf("%v; to make this a failure, set %s=1", err, servers.RequireEnv)
	}
}

// The promises, in front of each proxy, whatever it does.
func TestSurefoot_KeepsItsPromises(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"nginx", "haproxy"} {
		t.Run(program, func(t *testing.T) {
			t.Parallel()
			_, err := servers.Find(program)
			need(t, err)
			for _, c := range servers.Cases() {
				if c.Program == program {
					t.Run(c.Name+", "+c.Protocol(), func(t *testing.T) {
						t.Parallel()
						fight(t, c)
					})
				}
			}
		})
	}
}

func fight(t *testing.T, c servers.Case) {
	t.Helper()
	d, err := servers.Fight(t.Context(), c, 1, 4)
	need(t, err)
	bare, ours := d.Bare.Total(), d.Ours.Total()
	t.Logf("bare: %d of %d completed: %v; surefoot: %d of %d: %v; not tried again: %v; outages %v",
		bare.Completed, bare.Asked, bare.Failures, ours.Completed, ours.Asked, ours.Failures, d.Ours.Suppressed, d.Ours.Outages)
	for _, what := range d.Broken {
		t.Error(what)
	}
	if d.Busy && !t.Failed() {
		t.Skipf("nothing was applied twice, lost or left open; but the machine is too busy to say what should complete: calls began %v and %v too late, outages took %v and %v",
			d.Bare.Late, d.Ours.Late, d.Bare.Longest(), d.Ours.Longest())
	}
}

// find returns the case of that name over HTTP/1.1.
func find(t *testing.T, program, name string) servers.Case {
	t.Helper()
	return findOver(t, program, name, false)
}

func findOver(t *testing.T, program, name string, http2 bool) servers.Case {
	t.Helper()
	for _, c := range servers.Cases() {
		if c.Program == program && c.Name == name && c.HTTP2 == http2 {
			return c
		}
	}
	t.Fatalf("there is no case %q of %s", name, program)
	return servers.Case{}
}

func run(t *testing.T, c servers.Case, client servers.Client) *servers.Result {
	t.Helper()
	r, err := c.Run(t.Context(), client, 1)
	need(t, err)
	return r
}

// A client that sends POSTs again is seen to apply them twice.
func TestResult_ShowsWhatIsAppliedTwice(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"its upstream applies and hangs up", "its upstream applies and is too slow"} {
		c := find(t, "nginx", name)
		careless := servers.Surefoot(transport.WithRetry(retry.WithDangerouslyRetryNonIdempotent()))
		if r := run(t, c, careless); r.Doubled == 0 || len(c.CheckSafety(r, r)) == 0 {
			t.Errorf("%s: %d applied twice, want many, and a complaint", name, r.Doubled)
		}
	}
}

// A client that never tries again is seen to miss calls.
func TestCheck_ShowsWhatIsMissed(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"killed, and started again", "its upstream is down", "limits requests: 60/s and 10 more; 30 at once"} {
		c := find(t, "nginx", name)
		if r := run(t, c, servers.Surefoot(transport.WithoutRetry())); len(c.Check(r, r)) == 0 {
			t.Errorf("%s: no complaint", name)
		}
	}
}

// A fault that did not happen is no success.
func TestCheck_WantsFaults(t *testing.T) {
	t.Parallel()
	calm := run(t, find(t, "nginx", "ends each connection after 100 requests"), servers.Bare())
	calm.Workers, calm.Dialed = 1, 1
	for _, c := range servers.Cases() {
		if len(c.Check(calm, calm)) == 0 {
			t.Errorf("%s, %s: no complaint", c.Program, c.Name)
		}
	}
}

// A client that forgets a response is seen to leave its connection open.
func TestResult_ShowsWhatIsLeftOpen(t *testing.T) {
	t.Parallel()
	c := find(t, "nginx", "its upstream is down")
	forgetful := transport.WithPerAttempt(func(next http.RoundTripper) http.RoundTripper {
		return trip.Func(func(req *http.Request) (*http.Response, error) {
			if req.Method == http.MethodGet {
				if _, err := next.RoundTrip(req.Clone(req.Context())); err != nil { // and its body is forgotten
					return nil, err
				}
			}
			return next.RoundTrip(req)
		})
	})
	if r := run(t, c, servers.Surefoot(forgetful)); r.LeftOpen == 0 || len(c.CheckSafety(r, r)) == 0 {
		t.Errorf("%d connections were left open, want many, and a complaint", r.LeftOpen)
	}
}

// A client that forgets a response is seen to leave its stream open, where the other
// streams of the connection are long done.
func TestResult_ShowsWhatIsLeftUnfinished(t *testing.T) {
	t.Parallel()
	for program, name := range map[string]string{
		"nginx": "its upstream applies and says 503 without end", "haproxy": "its server applies and says 503 without end",
	} {
		for _, http2 := range []bool{false, true} {
			c := findOver(t, program, name, http2)
			t.Run(program+", "+c.Protocol(), func(t *testing.T) {
				t.Parallel()
				r := run(t, c, servers.Surefoot(transport.WithPerAttempt(forgetful)))
				if r.LeftServed < 2 || len(c.CheckSafety(r, r)) == 0 {
					t.Errorf("%d requests were left, want many, and a complaint", r.LeftServed)
				}
			})
		}
	}
}

// forgetful hands on the 503s of GETs without their bodies.
func forgetful(next http.RoundTripper) http.RoundTripper {
	return trip.Func(func(req *http.Request) (*http.Response, error) {
		resp, err := next.RoundTrip(req)
		if err == nil && req.Method == http.MethodGet && resp.StatusCode == http.StatusServiceUnavailable {
			resp.Body = http.NoBody
		}
		return resp, err
	})
}

// A layer that sends an attempt twice does not pass for net/http, where net/http
// does so too.
func TestCheckSafety_TellsLayersFromWhatIsBeneath(t *testing.T) {
	t.Parallel()
	c := findOver(t, "haproxy", "its server applies and hangs up", true)
	hasty := transport.WithPerAttempt(func(next http.RoundTripper) http.RoundTripper {
		return trip.Func(func(req *http.Request) (*http.Response, error) {
			if req.Method != http.MethodPost || req.Header.Get("Idempotency-Key") != "" {
				return next.RoundTrip(req)
			}
			first := req.Clone(req.Context())
			first.Body, _ = req.GetBody() // that of a bytes.Reader cannot fail
			if resp, err := next.RoundTrip(first); err == nil {
				_ = resp.Body.Close() // one is enough
			}
			return next.RoundTrip(req)
		})
	})
	r := run(t, c, servers.Surefoot(hasty))
	all := strings.Join(c.CheckSafety(r, r), "\n")
	for _, want := range []string{"applied twice by its layers", "POSTs without a key for", "requests in"} {
		if !strings.Contains(all, want) {
			t.Errorf("no complaint has %q:\n%s", want, all)
		}
	}
}

// A program that is missing is told from one that does not work.
func TestFind_SaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	if path, err := servers.Find("no-such-program"); !errors.Is(err, servers.ErrNotInstalled) {
		t.Errorf("got %q, %v, want an error that is ErrNotInstalled", path, err)
	}
	if path, err := servers.Find("sh"); err != nil || !filepath.IsAbs(path) {
		t.Errorf("got %q, %v, want the path of a shell", path, err)
	}
}
