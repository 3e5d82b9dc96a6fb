// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package transport_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/surefoot-go/surefoot/breaker"
	"github.com/surefoot-go/surefoot/limit"
	"github.com/surefoot-go/surefoot/observe"
	"github.com/surefoot-go/surefoot/peer"
	"github.com/surefoot-go/surefoot/retry"
	"github.com/surefoot-go/surefoot/transport"
	"github.com/surefoot-go/surefoot/trip"
)

// A fleet is one that a test is in the place of.
type fleet struct {
	circuits  []peer.Circuits
	coolDowns []peer.CoolDowns
	said      []string
	relay     observe.Relay
}

func (f *fleet) ShareCircuits(c peer.Circuits) peer.CircuitLink { //nolint:ireturn // as the interface wants it
	f.circuits = append(f.circuits, c)
	return circuitLink{f}
}

func (f *fleet) ShareCoolDowns(c peer.CoolDowns) peer.CoolDownLink { //nolint:ireturn // as the interface wants it
	f.coolDowns = append(f.coolDowns, c)
	return coolDownLink{f}
}

func (f *fleet) Observe(o observe.Observer) (stop func()) { return f.relay.Add(o) }

func (f *fleet) hear(words ...any) {
	f.said = append(f.said, strings.TrimSuffix(fmt.Sprintln(words...), "\n"))
}

type circuitLink struct{ *fleet }

func (l circuitLink) Failing(key string, _ time.Duration)        { l.hear(key, "failing") }
func (l circuitLink) Working(key string)                         { l.hear(key, "working") }
func (l circuitLink) Opened(key string, wait time.Duration)      { l.hear(key, "opened", wait) }
func (l circuitLink) ProbeFailed(key string, wait time.Duration) { l.hear(key, "probe failed", wait) }
func (l circuitLink) ProbeWorked(key string)                     { l.hear(key, "probe worked") }
func (l circuitLink) Closed(key string)                          { l.hear(key, "closed") }
func (l circuitLink) Wanted(key string)                          { l.hear(key, "wanted") }
func (circuitLink) Known(string) (peer.Verdict, bool)            { return peer.Verdict{}, false }

type coolDownLink struct{ *fleet }

func (l coolDownLink) Cooling(key string, wait time.Duration, failing bool) {
	l.hear(key, "cooling", wait, failing)
}
func (coolDownLink) Known(string) (time.Duration, bool) { return 0, false }

const shop = "https://shop.example.com"

func TestWithFleet_SharesCircuitsAndCoolDowns(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := &fleet{}
		attempts := 0
		status := http.StatusBadGateway // it would doubt that a host which works is down
		tr := build(t, trip.Func(func(req *http.Request) (*http.Response, error) {
			return answer(status, &attempts)(req)
		}), transport.WithFleet(f), transport.WithoutRetry(), transport.WithLimit(limit.WithMaxWait(0)))
		if len(f.circuits) != 1 || len(f.coolDowns) != 1 {
			t.Fatalf("got %d and %d that joined, want each once", len(f.circuits), len(f.coolDowns))
		}
		_, _ = get(t, tr, shop)
		f.circuits[0].Open(shop, peer.Verdict{Wait: time.Second, Valid: time.Minute})
		if _, err := get(t, tr, shop); !errors.Is(err, breaker.ErrOpen) {
			t.Errorf("got error %v, want a rejection", err)
		}
		if k := tr.Snapshot().Keys[0]; !k.Circuit.Fleet || k.Circuit.State != breaker.Open {
			t.Errorf("got %+v, want the circuit open by the fleet", k.Circuit)
		}
		f.circuits[0].Close(shop)
		f.coolDowns[0].Cool(shop, time.Second, false)
		if _, err := get(t, tr, shop); !errors.Is(err, limit.ErrLimited) {
			t.Errorf("got error %v, want a rejection", err)
		}
		if k := tr.Snapshot().Keys[0]; k.Limit == nil || !k.Limit.Fleet {
			t.Errorf("got %+v, want a cool-down by the fleet", k.Limit)
		}
		<-time.NewTimer(time.Second).C
		for range peer.Streak {
			_, _ = get(t, tr, shop)
		}
		if want := []string{shop + " failing"}; !slices.Equal(f.said, want) || attempts != 1+peer.Streak {
			t.Errorf("got %q in %d attempts, want %q in %d", f.said, attempts, want, 1+peer.Streak)
		}
		status = http.StatusOK
		_, _ = get(t, tr, shop)
		f.circuits[0].Open(shop, peer.Verdict{Wait: time.Second, Valid: time.Minute})
		if code, err := get(t, tr, shop); err != nil {
			t.Errorf("got %v, error %v, want that it sees a host that works", code, err)
		}
	})
}

func TestWithFleet_NothingJoinsThatIsNotUsed(t *testing.T) {
	t.Parallel()
	attempts := 0
	base := answer(http.StatusOK, &attempts)
	shared := func(f *fleet, opts ...transport.Option) []transport.Option {
		return append(opts, transport.WithFleet(f))
	}
	for _, tt := range []struct {
		name                string
		build               func(f *fleet) error
		circuits, coolDowns int
	}{
		{"without a limit", func(f *fleet) error {
			_, err := transport.New(base, shared(f)...)
			return err
		}, 1, 0},
		{"without a breaker", func(f *fleet) error {
			_, err := transport.New(base, shared(f, transport.WithoutBreaker(), transport.WithLimit())...)
			return err
		}, 0, 1},
		{"with a mistake", func(f *fleet) error {
			if tr, err := transport.New(base, shared(f, transport.WithLimit(limit.WithMaxKeys(0)))...); tr != nil || err == nil {
				return fmt.Errorf("got %v, %w", tr, err)
			}
			return nil
		}, 0, 0},
		{"on a stack that shares them already", func(f *fleet) error {
			_, err := transport.New(build(t, base, shared(f)...), shared(f)...)
			return err
		}, 1, 0},
		{"with circuits of its own on a stack that shares", func(f *fleet) error {
			_, err := transport.New(build(t, base, shared(f)...), shared(f, transport.WithBreaker())...)
			return err
		}, 2, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := &fleet{}
			if err := tt.build(f); err != nil {
				t.Fatal(err)
			}
			if len(f.circuits) != tt.circuits || len(f.coolDowns) != tt.coolDowns {
				t.Errorf("got %d and %d that joined, want %d and %d", len(f.circuits), len(f.coolDowns), tt.circuits, tt.coolDowns)
			}
		})
	}
}

// A stack that keeps the circuits of the one beneath is in the fleet that those
// are in, and says so if it is meant to be in one that they are not in.
func TestWithFleet_Nested(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name         string
		inner, outer bool
		warns        int
	}{
		{"inner", true, false, 0},
		{"outer", false, true, 1},
		{"both", true, true, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := &fleet{}
				in := map[bool]transport.Option{true: transport.WithFleet(f)}
				warns := 0
				heard := observe.Func(func(e observe.Event) {
					if e.Kind == observe.Misconfigured && strings.Contains(e.Detail, "fleet") {
						warns++
					}
				})
				attempts := 0
				once := transport.WithRetry(retry.WithMaxAttempts(1))
				inner := build(t, answer(http.StatusServiceUnavailable, &attempts), in[tt.inner])
				outer := build(t, inner, once, in[tt.outer], transport.WithObserver(heard))
				for range peer.Streak {
					_, _ = get(t, outer, shop)
				}
				if warns != tt.warns {
					t.Errorf("got %d warnings, want %d", warns, tt.warns)
				}
				if got := len(f.said); (got == 1) != tt.inner {
					t.Errorf("the fleet was told %q, want it told of failures in a row: %v", f.said, tt.inner)
				}
				if tt.inner {
					f.circuits[0].Open(shop, peer.Verdict{Wait: time.Second, Valid: time.Minute})
					if k := outer.Snapshot().Keys[0]; !k.Circuit.Fleet {
						t.Errorf("got %+v, want it open by the fleet", k.Circuit)
					}
				}
			})
		})
	}
}

// Whoever observes the stack hears what becomes of its fleet, too.
func TestObserve_TellsOfTheFleet(t *testing.T) {
	t.Parallel()
	attempts := 0
	for _, nested := range []bool{false, true} {
		f := &fleet{}
		tr := build(t, answer(http.StatusOK, &attempts), transport.WithFleet(f))
		if nested {
			tr = build(t, tr)
		}
		var kinds []observe.Kind
		stop := tr.Observe(observe.Func(func(e observe.Event) { kinds = append(kinds, e.Kind) }))
		f.relay.Observe(observe.Event{Kind: observe.FleetLost})
		stop()
		f.relay.Observe(observe.Event{Kind: observe.FleetFound})
		if want := []observe.Kind{observe.FleetLost}; !slices.Equal(kinds, want) {
			t.Errorf("got %v, want %v", kinds, want)
		}
	}
}
