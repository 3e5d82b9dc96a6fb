// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package fleettest

import (
	"context"
	"errors"
	"time"

	"github.com/surefoot-go/surefoot/fleet"
)

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
				if len(got) > len(want) {
					b.Fatalf("heard %+v, want %+v", got, want)
				}
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
