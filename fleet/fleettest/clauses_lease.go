// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package fleettest

import (
	"slices"
	"time"

	"github.com/surefoot-go/surefoot/fleet"
)

func leaseClauses() []clause {
	ended := func(b *bench) (one, two *instance) {
		one, two = b.instance(), b.instance()
		one.do(fleet.Op{Kind: fleet.OpRestore, Key: host, Keep: time.Minute})
		return one, two
	}
	return []clause{
		{"there is no lease of a key that is not open", func(b *bench) {
			if l := b.instance().lease(time.Second); l != (fleet.Lease{}) {
				b.Errorf("got %+v", l)
			}
		}},
		{"there is no lease before the wait is over", func(b *bench) {
			one, _ := b.opened(10 * time.Second)
			l := one.lease(time.Second)
			if l.Granted || !l.Open || l.Left > 10*time.Second || l.Left < 5*time.Second {
				b.Errorf("got %+v, want some 10 s left", l)
			}
		}},
		{"one instance has the lease, and may ask again", func(b *bench) {
			one, two := ended(b)
			if l := one.lease(10 * time.Second); !l.Granted || !l.Open {
				b.Errorf("the first got %+v", l)
			}
			l := two.lease(10 * time.Second)
			if l.Granted || !l.Open || l.Left > 10*time.Second || l.Left < 5*time.Second {
				b.Errorf("the second got %+v, want some 10 s left", l)
			}
			if l := one.lease(10 * time.Second); !l.Granted {
				b.Errorf("the first got %+v when it asked again", l)
			}
		}},
		{"a lease ends by itself", func(b *bench) {
			one, two := ended(b)
			one.lease(50 * time.Millisecond)
			b.pass(70 * time.Millisecond)
			if l := two.lease(time.Second); !l.Granted {
				b.Errorf("got %+v", l)
			}
		}},
		{"a lease that is given back can be had", func(b *bench) {
			one, two := ended(b)
			one.lease(time.Minute)
			two.do(fleet.Op{Kind: fleet.OpRelease, Key: host}) // not its to give
			if l := two.lease(time.Minute); l.Granted {
				b.Errorf("got %+v, but it is another's", l)
			}
			one.do(fleet.Op{Kind: fleet.OpRelease, Key: host})
			if l := two.lease(time.Minute); !l.Granted {
				b.Errorf("got %+v", l)
			}
		}},
		{"a probe that failed ends the lease", func(b *bench) {
			one, two := ended(b)
			one.lease(time.Minute)
			one.do(fleet.Op{Kind: fleet.OpHold, Key: host, Wait: 20 * time.Millisecond, Keep: time.Minute})
			b.pass(30 * time.Millisecond)
			if l := two.lease(time.Minute); !l.Granted {
				b.Errorf("got %+v", l)
			}
		}},
		{"a probe that failed without a lease leaves it to who has it", func(b *bench) {
			one, two := ended(b)
			one.lease(time.Minute)
			two.do(fleet.Op{Kind: fleet.OpHold, Key: host, Wait: 20 * time.Millisecond, Keep: time.Minute})
			b.pass(30 * time.Millisecond)
			if l := two.lease(time.Minute); l.Granted {
				b.Errorf("got %+v, but it is another's", l)
			}
		}},
		{"leases are answered in their order", func(b *bench) {
			one, _ := ended(b)
			got := one.do(
				fleet.Op{Kind: fleet.OpLease, Key: "not open", Keep: time.Second},
				fleet.Op{Kind: fleet.OpSeen, Key: host},
				fleet.Op{Kind: fleet.OpLease, Key: host, Keep: time.Second},
			)
			if want := []fleet.Lease{{}, {Granted: true, Open: true}}; !slices.Equal(got, want) {
				b.Errorf("got %+v, want %+v", got, want)
			}
		}},
	}
}

func coolDownClauses() []clause {
	down := func(wait time.Duration, flag bool) fleet.Entry {
		return fleet.Entry{Subject: fleet.CoolDown, Key: host, Wait: wait, Keep: wait, Flag: flag}
	}
	return []clause{
		{"one instance cools nothing down", func(b *bench) {
			i := b.instance()
			i.do(cool(time.Minute, true), cool(time.Minute, true))
			i.wantOpen()
		}},
		{"the longest cool-down is that of all, and tells why", func(b *bench) {
			one, two := b.instance(), b.instance()
			one.do(cool(30*time.Second, true))
			two.do(cool(10*time.Second, false))
			b.wantEntry(one, down(30*time.Second, true))
		}},
		{"a cool-down grows and does not shrink", func(b *bench) {
			one, two := b.instance(), b.instance()
			one.do(cool(30*time.Second, true))
			two.do(cool(10*time.Second, true), cool(45*time.Second, false))
			b.wantEntry(one, down(45*time.Second, false))
			two.do(cool(5*time.Second, false))
			one.do(cool(5*time.Second, false))
			b.wantEntry(one, down(45*time.Second, false))
		}},
		{"a cool-down ends by itself", func(b *bench) {
			one, two := b.instance(), b.instance()
			one.do(cool(50*time.Millisecond, false))
			two.do(cool(50*time.Millisecond, false))
			b.pass(70 * time.Millisecond)
			one.wantOpen()
		}},
		{"circuits and cool-downs of a key are apart", func(b *bench) {
			one, two := b.instance(), b.instance()
			one.do(open(time.Second))
			two.do(cool(time.Minute, true))
			one.wantOpen()
		}},
	}
}
