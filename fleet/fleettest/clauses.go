// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package fleettest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/surefoot-go/surefoot/fleet"
)

func clauses() []clause {
	return slices.Concat(quorumClauses(), circuitClauses(), leaseClauses(), coolDownClauses(), listClauses(), messageClauses())
}

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

func messageClauses() []clause {
	return []clause{
		{"all are told of what changes for all, and each knows what it missed", func(b *bench) {
			one, two, three := b.instance(), b.instance(), b.instance()
			ears := []*ear{one.listen(), two.listen(), three.listen()}
			before := one.list(fleet.Mark{}).Mark
			one.do(open(20 * time.Second))
			two.do(open(10 * time.Second))
			two.do(cool(30*time.Second, true))
			one.do(cool(10*time.Second, true))
			one.do(fleet.Op{Kind: fleet.OpHold, Key: host, Wait: 25 * time.Second, Keep: time.Minute})
			three.do(fleet.Op{Kind: fleet.OpClose, Key: host})
			last := one.list(fleet.Mark{}).Mark
			want := []fleet.Message{
				{What: fleet.Opened, Instance: two.name, Entry: fleet.Entry{Key: host, Wait: 20 * time.Second, Keep: fleet.KeepOf(20 * time.Second)}},
				{What: fleet.Opened, Instance: one.name, Entry: fleet.Entry{Subject: fleet.CoolDown, Key: host, Wait: 30 * time.Second, Keep: 30 * time.Second, Flag: true}},
				{What: fleet.Opened, Instance: one.name, Entry: fleet.Entry{Key: host, Wait: 25 * time.Second, Keep: fleet.KeepOf(25 * time.Second)}},
				{What: fleet.Closed, Instance: three.name, Entry: fleet.Entry{Key: host}},
			}
			for _, e := range ears {
				got := e.wait(len(want))
				revision := before.Revision
				for i, m := range got {
					b.wantMessage(m, want[i])
					if m.Before != revision {
						b.Errorf("message %d is from revision %d, the one before it to %d", i, m.Before, revision)
					}
					revision = m.After
				}
				if revision != last.Revision {
					b.Errorf("the last message is to revision %d, the list has %d", revision, last.Revision)
				}
			}
		}},
		{"all are told of a lease, and that it was given back", func(b *bench) {
			one, two := b.instance(), b.instance()
			e := two.listen()
			one.do(fleet.Op{Kind: fleet.OpRestore, Key: host, Keep: time.Minute})
			one.lease(time.Minute)
			one.lease(30 * time.Second) // of which all know
			one.do(fleet.Op{Kind: fleet.OpRelease, Key: host})
			got := e.wait(3)
			b.wantMessage(got[1], fleet.Message{What: fleet.Leased, Instance: one.name, Entry: fleet.Entry{Key: host, Wait: time.Minute, Keep: time.Minute}})
			b.wantMessage(got[2], fleet.Message{What: fleet.Freed, Instance: one.name, Entry: fleet.Entry{Key: host, Keep: time.Minute}})
			for _, m := range got[1:] {
				if m.Before != m.After {
					b.Errorf("%+v changes the revision", m)
				}
			}
		}},
		{"all are told of a probe that succeeded, as long as the key is open", func(b *bench) {
			one, two := b.instance(), b.instance()
			e := two.listen()
			worked := fleet.Op{Kind: fleet.OpWorked, Key: host}
			one.do(worked)
			one.do(fleet.Op{Kind: fleet.OpRestore, Key: host, Keep: time.Minute})
			one.do(worked)
			b.wantMessage(e.wait(2)[1], fleet.Message{What: fleet.Worked, Instance: one.name, Entry: fleet.Entry{Key: host, Keep: time.Minute}})
		}},
		{"all are told that help is wanted by who has the lease", func(b *bench) {
			one, two := b.instance(), b.instance()
			e := two.listen()
			help := fleet.Op{Kind: fleet.OpHelp, Key: host}
			one.do(fleet.Op{Kind: fleet.OpRestore, Key: host, Keep: time.Minute}, help)
			one.lease(time.Minute)
			two.do(help)
			one.do(help)
			b.wantMessage(e.wait(3)[2], fleet.Message{What: fleet.Help, Instance: one.name, Entry: fleet.Entry{Key: host, Keep: time.Minute}})
		}},
		{"who listens in another namespace hears nothing", func(b *bench) {
			i, other := b.instance(), b.instance()
			there := *b
			there.namespace += "-other"
			other.b = &there
			e := i.listen()
			other.do(fleet.Op{Kind: fleet.OpRestore, Key: "elsewhere", Wait: time.Second, Keep: time.Minute})
			i.do(fleet.Op{Kind: fleet.OpRestore, Key: host, Wait: time.Second, Keep: time.Minute})
			if got := e.wait(1)[0]; got.Entry.Key != host {
				b.Errorf("heard of %q", got.Entry.Key)
			}
		}},
		{"who listens stops with the context", func(b *bench) {
			e := b.instance().listen()
			e.stop()
			timer := time.NewTimer(patience)
			defer timer.Stop()
			select {
			case err := <-e.done:
				if !errors.Is(err, context.Canceled) {
					b.Errorf("got %v, want %v", err, context.Canceled)
				}
				e.done <- err
			case <-timer.C:
				b.Fatalf("it listens after %s", patience)
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
