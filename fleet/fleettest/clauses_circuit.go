// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package fleettest

import (
	"strings"
	"time"

	"github.com/surefoot-go/surefoot/fleet"
)

func circuitClauses() []clause {
	return []clause{
		{"a circuit that streaks open waits for the usual time", func(b *bench) {
			one, two := b.instance(), b.instance()
			one.do(streak(longAgo))
			two.do(streak(longAgo))
			b.wantEntry(one, fleet.Entry{Key: host, Wait: fleet.FirstWait, Keep: fleet.KeepOf(fleet.FirstWait)})
		}},
		{"the longest wait of those who report it is the wait of all", func(b *bench) {
			one, two := b.instance(), b.instance()
			one.do(open(30 * time.Second))
			two.do(open(2 * time.Second))
			b.wantEntry(one, fleet.Entry{Key: host, Wait: 30 * time.Second, Keep: fleet.KeepOf(30 * time.Second)})
		}},
		{"a circuit ends by itself", func(b *bench) {
			one := b.instance()
			one.do(fleet.Op{Kind: fleet.OpRestore, Key: host, Wait: 10 * time.Millisecond, Keep: 50 * time.Millisecond})
			one.wantOpen(host)
			b.pass(70 * time.Millisecond)
			one.wantOpen()
		}},
		{"a probe that failed holds it open", func(b *bench) {
			one, two := b.opened(time.Second)
			two.do(fleet.Op{Kind: fleet.OpHold, Key: host, Flag: true, Wait: 20 * time.Second, Keep: time.Minute})
			b.wantEntry(one, fleet.Entry{Key: host, Wait: 20 * time.Second, Keep: fleet.KeepOf(20 * time.Second), Flag: true})
		}},
		{"a probe that failed alone is a report", func(b *bench) {
			one, two := b.instance(), b.instance()
			hold := fleet.Op{Kind: fleet.OpHold, Key: host, Flag: true, Wait: time.Second, Keep: time.Minute}
			one.do(hold)
			one.wantOpen()
			two.do(hold)
			one.wantOpen(host)
		}},
		{"a host that works is closed for all, and what was said of it forgotten", func(b *bench) {
			one, two := b.opened(time.Second)
			one.do(fleet.Op{Kind: fleet.OpClose, Key: host})
			one.wantOpen()
			two.do(open(time.Second))
			one.wantOpen()
		}},
		{"a host that works for one of those that report it is reported by one less", func(b *bench) {
			one, two := b.instance(), b.instance()
			one.do(open(time.Second), fleet.Op{Kind: fleet.OpClose, Key: host})
			two.do(open(time.Second))
			one.wantOpen()
		}},
		{"what was forgotten is restored, and what is there left as it is", func(b *bench) {
			one, two := b.instance(), b.instance()
			one.do(fleet.Op{Kind: fleet.OpRestore, Key: host, Wait: 5 * time.Second, Keep: 20 * time.Second})
			two.do(fleet.Op{Kind: fleet.OpRestore, Key: host, Wait: 50 * time.Second, Keep: 90 * time.Second})
			b.wantEntry(one, fleet.Entry{Key: host, Wait: 5 * time.Second, Keep: 20 * time.Second})
		}},
		{"namespaces are apart", func(b *bench) {
			one, two := b.instance(), b.instance()
			one.do(open(time.Second))
			there := *b
			there.namespace += "-other"
			two.b = &there
			two.do(open(time.Second))
			one.wantOpen()
			two.wantOpen()
		}},
		{"keys are any bytes", func(b *bench) {
			one, two := b.instance(), b.instance()
			keys := []string{
				"a key", "line\nline", "{brace}", "}{", "%s%d", "ключ", "\x00\xff\xfe", " ", "-1", "1 2 3",
				strings.Repeat("k", fleet.MaxKey),
			}
			for _, key := range keys {
				op := open(time.Second)
				op.Key = key
				one.do(op)
				two.do(op)
			}
			one.wantOpen(keys...)
		}},
		{"the ops of a batch are done in their order", func(b *bench) {
			one, two := b.instance(), b.instance()
			two.do(open(time.Second))
			ops := []fleet.Op{open(time.Second)}
			for len(ops)+2 < fleet.MaxOps {
				ops = append(ops, fleet.Op{Kind: fleet.OpClose, Key: host}, fleet.Op{Kind: fleet.OpRestore, Key: host, Wait: time.Second, Keep: time.Minute})
			}
			one.do(ops...)
			one.wantOpen(host)
			one.do(append(ops, fleet.Op{Kind: fleet.OpClose, Key: host})...)
			one.wantOpen()
		}},
	}
}
