// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package status_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/surefoot-go/surefoot/limit"
	"github.com/surefoot-go/surefoot/observe"
	"github.com/surefoot-go/surefoot/peer"
	"github.com/surefoot-go/surefoot/status"
	"github.com/surefoot-go/surefoot/transport"
)

// A fleet speaks to a stack, and can be lost and found.
type fleet struct {
	peer.CircuitLink
	circuits  peer.Circuits
	coolDowns peer.CoolDowns
	relay     observe.Relay
}

func (f *fleet) ShareCircuits(c peer.Circuits) peer.CircuitLink { //nolint:ireturn // as the interface wants it
	f.circuits = c
	return f
}

func (f *fleet) ShareCoolDowns(c peer.CoolDowns) peer.CoolDownLink { //nolint:ireturn // as the interface wants it
	f.coolDowns = c
	return cooling{}
}

// cooling knows that a host cools down.
type cooling struct{ peer.CoolDownLink }

func (cooling) Known(key string) (wait time.Duration, failing bool) {
	if key == "https://b.test" {
		return 4 * time.Second, false
	}
	return 0, false
}

func (*fleet) Known(string) (peer.Verdict, bool)         { return peer.Verdict{}, false }
func (f *fleet) Observe(o observe.Observer) (end func()) { return f.relay.Add(o) }

func TestPage_ShowsWhatComesFromTheFleet(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := &fleet{}
		stack := newStack(t, &network{}, transport.WithFleet(f), transport.WithLimit(limit.WithMaxWait(0)))
		p := newPage(t, stack)
		for _, host := range []string{"a", "b", "d"} {
			send(t, stack, "https://"+host+".test/", 1)
		}
		pass(4 * time.Second) // a circuit that has just had a success would doubt it
		f.circuits.Open("https://a.test", peer.Verdict{Wait: 3 * time.Second, Valid: time.Minute})
		f.coolDowns.Cool("https://b.test", 4*time.Second, false)
		if _, err := stack.RoundTrip(httptest.NewRequest(http.MethodGet, "https://b.test/", nil)); !errors.Is(err, limit.ErrLimited) {
			t.Errorf("got %v, want a call that has to wait", err)
		}
		f.relay.Observe(observe.Event{Kind: observe.FleetLost})
		pass(time.Second)
		f.relay.Observe(observe.Event{Kind: observe.FleetFound, Duration: time.Second})

		r := report(t, p, "&state=fleet")
		if got := names(r); !slices.Equal(got, []string{"https://a.test"}) || !r.Keys[0].Circuit.Fleet || r.Totals.Fleet != 1 {
			t.Errorf("got %q of %+v, want the circuit that the fleet holds", got, r.Totals)
		}
		r = report(t, p, "&q=b.test")
		if l := r.Keys[0].Limit; l == nil || !l.Fleet || l.CoolDownMS != 3000 || r.Keys[0].Circuit.Fleet {
			t.Errorf("got %+v, want the cool-down that the fleet has asked for", r.Keys[0])
		}
		feed := map[string]status.Event{}
		for _, e := range report(t, p, "").Feed {
			feed[e.Text] = e
		}
		for text, byFleet := range map[string]bool{
			"circuit opened by the fleet for 3.0 s":              true,
			"the server asked others of the fleet to wait 4.0 s": true,
			"the fleet is out of reach; circuits go on alone":    false,
			"the fleet is back after 1.0 s":                      false,
		} {
			if e, ok := feed[text]; !ok || e.Fleet != byFleet {
				t.Errorf("got no %q with fleet %v in %v", text, byFleet, feed)
			}
		}
		page := read(t, ask(t, p, "GET", "", ""))
		for _, want := range []string{
			`<span class="badge open fleet">open</span> <span class="note">by the fleet, probe in 2.0 s</span>`,
			`<span class="note">cools down, 3.0 s, by the fleet</span>`,
			`<dt>By the fleet</dt><dd>1</dd>`,
			`<option value="fleet">by the fleet</option>`,
			`<span class="tag bad fleet">opened</span>`,
			`<span class="tag warn fleet">cool-down</span>`,
			`<span class="tag bad">fleet lost</span>`,
			`<span class="tag good">fleet found</span>`,
		} {
			if !strings.Contains(page, want) {
				t.Errorf("got no %s on the page", want)
			}
		}
		f.circuits.Close("https://a.test")
		pass(5 * time.Second)
		page = read(t, ask(t, p, "GET", "?format=live", ""))
		if strings.Contains(page, "y the fleet") {
			t.Error("got something by the fleet among the keys, want nothing any more")
		}
	})
}
