// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package fleet

import (
	"context"
	_ "embed" // the scripts
	"errors"
	"fmt"
	"net"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
)

// The scripts take as one step what has to be one. They are sent by their hash, and
// in full to a server that does not know it.
var (
	//go:embed apply.lua
	applySource string
	//go:embed list.lua
	listSource string
)

// redisEngine is the Engine of [New].
type redisEngine struct {
	client      redis.UniversalClient
	prefix      string
	apply, list *redis.Script
	failed      atomic.Bool // the last call has
}

var _ Engine = (*redisEngine)(nil)

func newRedisEngine(client redis.UniversalClient, prefix string) *redisEngine {
	return &redisEngine{
		client: client, prefix: prefix,
		apply: redis.NewScript(applySource), list: redis.NewScript(listSource),
	}
}

// key returns the name of a key of a namespace. The braces put all of them into one
// slot of a cluster, as a script wants it.
func (e *redisEngine) key(namespace, name string) string {
	return "{" + e.prefix + ":" + namespace + "}:" + name
}

// channel is named like a key, so that one pattern is enough for an ACL.
func (e *redisEngine) channel(namespace string) string { return e.key(namespace, "events") }

// Names of keys, or of their beginnings.
const (
	keyOpen      = "open:"
	keyFull      = "full:"
	keyMark      = "mark"
	keyInstances = "instances"
	keyReports   = "reports:"
	keyCallers   = "callers:"
)

// Apply runs apply.lua.
func (e *redisEngine) Apply(ctx context.Context, b Batch) ([]Lease, error) {
	keys := make([]string, 0, 5+2*len(b.Ops))
	args := make([]any, 0, 6+7*len(b.Ops))
	keys = append(keys, e.open(b.Namespace, Circuit), e.open(b.Namespace, CoolDown), e.key(b.Namespace, keyMark),
		e.of(b.Namespace, keyFull, Circuit), e.of(b.Namespace, keyFull, CoolDown))
	args = append(args, b.Namespace, b.Instance, b.Quorum, b.Share, b.MaxKeys, e.channel(b.Namespace))
	leases := 0
	for _, op := range b.Ops {
		keys = append(keys,
			e.key(b.Namespace, keyReports)+string(op.Subject.letter())+":"+op.Key,
			e.key(b.Namespace, keyCallers)+op.Key)
		args = append(args, int(op.Kind), int(op.Subject), op.Key,
			op.Since.Milliseconds(), op.Wait.Milliseconds(), op.Keep.Milliseconds(), string(bit(op.Flag)))
		if op.Kind == OpLease {
			leases++
		}
	}
	e.lookAgain(ctx)
	answers, err := e.apply.Run(ctx, e.client, keys, args...).Int64Slice()
	e.failed.Store(err != nil)
	if err != nil {
		return nil, err
	}
	if len(answers) != leases {
		return nil, fmt.Errorf("fleet: %d answers for %d leases", len(answers), leases)
	}
	return leasesFrom(answers), nil
}

// lookAgain has the client of a cluster find out who has which slot, where the last
// call has failed. By itself it does so when a node sends it to another, which one that
// is gone does not, and else every ten seconds.
func (e *redisEngine) lookAgain(ctx context.Context) {
	if c, ok := e.client.(interface{ ReloadState(ctx context.Context) }); ok && e.failed.Load() {
		c.ReloadState(ctx) // does not wait
	}
}

func (e *redisEngine) open(namespace string, s Subject) string { return e.of(namespace, keyOpen, s) }

// of returns the name of a key that there is one of for each subject.
func (e *redisEngine) of(namespace, name string, s Subject) string {
	return e.key(namespace, name) + string(s.letter())
}

func leasesFrom(answers []int64) []Lease {
	leases := make([]Lease, len(answers))
	for i, left := range answers {
		switch {
		case left == -1:
			leases[i] = Lease{Granted: true, Open: true}
		case left >= 0:
			leases[i] = Lease{Open: true, Left: millis(left)}
		}
	}
	return leases
}

// millis returns a time that a server has told, within bounds.
func millis(n int64) time.Duration {
	return time.Duration(min(max(n, 0), MaxKeep.Milliseconds())) * time.Millisecond
}

// errReply is a reply of list.lua that it cannot have given.
var errReply = errors.New("fleet: list not understood")

const (
	listHead  = 4 // words before the first entry
	listEntry = 5 // words of an entry
)

// List runs list.lua.
func (e *redisEngine) List(ctx context.Context, namespace, instance string, known Mark) (List, error) {
	keys := []string{
		e.open(namespace, Circuit), e.open(namespace, CoolDown),
		e.key(namespace, keyMark), e.key(namespace, keyInstances),
	}
	e.lookAgain(ctx)
	reply, err := e.list.Run(ctx, e.client, keys, instance,
		strconv.FormatUint(known.Epoch, 10), strconv.FormatUint(known.Revision, 10)).Slice()
	e.failed.Store(err != nil)
	if err != nil {
		return List{}, err
	}
	return parseList(reply)
}

func parseList(reply []any) (List, error) {
	if len(reply) < listHead || (len(reply)-listHead)%listEntry != 0 {
		return List{}, errReply
	}
	r := replyReader{ok: true}
	l := List{
		Mark:      Mark{Epoch: r.number(reply[0]), Revision: r.number(reply[1])},
		Instances: int(r.int(reply[2])), Same: r.int(reply[3]) == 1,
	}
	for i := listHead; i < len(reply); i += listEntry {
		entry := Entry{
			Subject: Circuit, Key: r.text(reply[i+1]),
			Wait: millis(r.int(reply[i+2])), Keep: millis(r.int(reply[i+3])), Flag: r.int(reply[i+4]) == 1,
		}
		if r.int(reply[i]) == int64(CoolDown) {
			entry.Subject = CoolDown
		}
		if validKey(entry.Key) {
			l.Entries = append(l.Entries, entry)
		}
	}
	if !r.ok {
		return List{}, errReply
	}
	return l, nil
}

// A replyReader remembers whether all that it has read was of its kind.
type replyReader struct{ ok bool }

func (r *replyReader) int(v any) int64 {
	n, ok := v.(int64)
	r.ok = r.ok && ok
	return n
}

func (r *replyReader) text(v any) string {
	s, ok := v.(string)
	r.ok = r.ok && ok
	return s
}

func (r *replyReader) number(v any) uint64 {
	n, err := strconv.ParseUint(r.text(v), 10, 64)
	r.ok = r.ok && err == nil
	return n
}

// pingEvery is after how long without a message a server is asked whether it is
// there: a connection whose other end is gone says nothing.
const pingEvery = 3 * time.Second

// errQuiet is a server that does not answer a ping.
var errQuiet = errors.New("fleet: the server has gone quiet")

// Listen subscribes to the channel of the namespace.
func (e *redisEngine) Listen(ctx context.Context, namespace string, ready func(), hear func(payload []byte)) error {
	sub := e.client.Subscribe(ctx, e.channel(namespace))
	// A read does not heed the context.
	defer context.AfterFunc(ctx, func() { _ = sub.Close() })()
	defer func() { _ = sub.Close() }()
	for pinged := false; ; {
		got, err := sub.ReceiveTimeout(ctx, pingEvery)
		var timeout net.Error
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case errors.As(err, &timeout) && timeout.Timeout():
			if pinged {
				return errQuiet
			}
			pinged = true
			if err := sub.Ping(ctx); err != nil {
				return err
			}
			continue
		case err != nil:
			return err
		}
		pinged = false
		switch m := got.(type) {
		case *redis.Subscription:
			ready()
		case *redis.Message:
			hear([]byte(m.Payload))
		}
	}
}
