// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package fleettest

import (
	"context"
	"slices"
	"time"

	"github.com/surefoot-go/surefoot/fleet"
)

func clauses() []clause {
	return slices.Concat(quorumClauses(), circuitClauses(), leaseClauses(), coolDownClauses(), listClauses(), messageClauses())
}

func listClauses() []clause {
	return []clause{
		{"a list that is known is left out", func(b *bench) {
			one, two := b.opened(time.Minute)
			l := one.list(fleet.Mark{})
			if l.Same || len(l.Entries) != 1 {
				b.Fatalf("got %+v", l)
			}
			if again := two.list(l.Mark); !again.Same || len(again.Entries) != 0 || again.Mark != l.Mark {
				b.Errorf("got %+v", again)
			}
			two.do(fleet.Op{Kind: fleet.OpClose, Key: host})
			after := one.list(l.Mark)
			if after.Same || after.Mark == l.Mark || after.Mark.Revision <= l.Mark.Revision || after.Mark.Epoch != l.Mark.Epoch {
				b.Errorf("after a change: got %+v, before it %+v", after, l.Mark)
			}
		}},
		{"those who ask are counted", func(b *bench) {
			all := b.instances(3)
			for n, i := range all {
				if got := i.list(fleet.Mark{}).Instances; got != n+1 {
					b.Errorf("got %d instances, want %d", got, n+1)
				}
			}
			if got := all[0].list(fleet.Mark{}).Instances; got != 3 {
				b.Errorf("got %d instances, want 3", got)
			}
		}},
		{"a call ends with its context", func(b *bench) {
			i := b.instance()
			ctx, cancel := context.WithCancel(b.Context())
			cancel()
			if _, err := i.engine.Apply(ctx, fleet.Batch{Namespace: b.namespace, Instance: i.name, Quorum: 1, MaxKeys: 1}); err == nil {
				b.Error("Apply returned no error")
			}
			if _, err := i.engine.List(ctx, b.namespace, i.name, fleet.Mark{}); err == nil {
				b.Error("List returned no error")
			}
		}},
	}
}

// slack is how much time may pass between what is said and what is read.
const slack = 3 * time.Second

// wantEntry fails the clause unless there is one entry, and it is like the given
// one.
func (b *bench) wantEntry(i *instance, want fleet.Entry) {
	b.Helper()
	got := i.entries()
	if len(got) != 1 || !like(got[0], want) {
		b.Errorf("got %+v, want %+v", got, want)
	}
}

func (b *bench) wantMessage(got, want fleet.Message) {
	b.Helper()
	if got.Namespace != b.namespace || got.What != want.What || got.Instance != want.Instance || !like(got.Entry, want.Entry) {
		b.Errorf("got %+v, want %+v", got, want)
	}
}

// like reports whether an entry is as it should be but for the time that has passed.
func like(got, want fleet.Entry) bool {
	close := func(got, want time.Duration) bool { return got <= want && (want == 0 || got > want-slack) && got >= 0 }
	return got.Subject == want.Subject && got.Key == want.Key && got.Flag == want.Flag &&
		close(got.Wait, want.Wait) && close(got.Keep, want.Keep)
}
