// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package fleettest

import (
	"time"

	"github.com/surefoot-go/surefoot/fleet"
)

func quorumClauses() []clause {
	return []clause{
		{"one instance opens nothing", func(b *bench) {
			i := b.instance()
			i.do(open(time.Second))
			i.do(open(time.Second), streak(longAgo)) // nor does it by saying so again
			i.wantOpen()
		}},
		{"two instances with streaks that are old enough open a circuit", func(b *bench) {
			one, two := b.instance(), b.instance()
			one.do(streak(longAgo))
			one.wantOpen()
			two.do(streak(longAgo))
			one.wantOpen(host)
		}},
		{"a streak that is young does not count", func(b *bench) {
			one, two, three := b.instance(), b.instance(), b.instance()
			one.do(streak(0))
			two.do(streak(0))
			three.do(streak(longAgo))
			one.wantOpen()
		}},
		{"a streak grows old by the clock of the engine", func(b *bench) {
			one, two := b.instance(), b.instance()
			one.do(streak(0))
			b.pass(fleet.StreakTime + 20*time.Millisecond)
			two.do(streak(longAgo))
			one.wantOpen(host)
		}},
		{"an open circuit counts however young it is", func(b *bench) {
			one, _ := b.opened(time.Second)
			one.wantOpen(host)
		}},
		{"a share of those who call the key has to agree", func(b *bench) {
			b.share = 0.2
			all := b.instances(20)
			for _, i := range all {
				i.do(fleet.Op{Kind: fleet.OpSeen, Key: host})
			}
			for _, i := range all[:3] {
				i.do(open(time.Second))
			}
			all[0].wantOpen()
			all[3].do(open(time.Second))
			all[0].wantOpen(host)
		}},
		{"who calls another key has no say", func(b *bench) {
			b.share = 0.2
			for _, i := range b.instances(20) {
				i.do(fleet.Op{Kind: fleet.OpSeen, Key: "https://another.example:443"})
			}
			one, _ := b.opened(time.Second)
			one.wantOpen(host)
		}},
		{"a report that is withdrawn does not count", func(b *bench) {
			one, two := b.instance(), b.instance()
			one.do(streak(longAgo), fleet.Op{Kind: fleet.OpWithdraw, Key: host})
			two.do(streak(longAgo))
			one.wantOpen()
		}},
		{"a report that has expired does not count", func(b *bench) {
			one, two := b.instance(), b.instance()
			short := open(time.Second)
			short.Keep = 50 * time.Millisecond
			one.do(short)
			b.pass(70 * time.Millisecond)
			two.do(open(time.Second))
			one.wantOpen()
		}},
		{"no more keys are open than may be", func(b *bench) {
			b.maxKeys = 2
			one, two := b.instance(), b.instance()
			for _, key := range []string{"a", "b", "c"} {
				op := open(time.Second)
				op.Key = key
				one.do(op)
				two.do(op)
			}
			one.wantOpen("a", "b")
		}},
		{"what has expired makes room", func(b *bench) {
			b.maxKeys = 1
			one := b.instance()
			one.do(fleet.Op{Kind: fleet.OpRestore, Key: "a", Keep: 50 * time.Millisecond})
			b.pass(70 * time.Millisecond)
			one.do(fleet.Op{Kind: fleet.OpRestore, Key: "b", Keep: time.Minute})
			one.wantOpen("b")
		}},
		{"circuits leave room for cool-downs", func(b *bench) {
			b.maxKeys = 1
			one := b.instance()
			one.do(fleet.Op{Kind: fleet.OpRestore, Key: "a", Keep: time.Minute})
			one.do(fleet.Op{Kind: fleet.OpRestore, Subject: fleet.CoolDown, Key: "b", Keep: time.Minute})
			one.wantOpen("a", "b")
		}},
	}
}
