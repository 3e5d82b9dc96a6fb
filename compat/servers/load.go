// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package servers

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// A Kind is what a call is.
type Kind int

// The kinds of calls, which take turns.
const (
	Get   Kind = iota // may be repeated
	Post              // may not
	Keyed             // a POST with an idempotency key: may be
	kinds
)

// String returns what tables call the kind.
func (k Kind) String() string {
	switch k {
	case Get:
		return "GET"
	case Post:
		return "POST"
	case Keyed:
		return "POST with a key"
	case kinds:
	}
	return "unknown"
}

// callLimit bounds a call, for those that would wait for ever.
const callLimit = 10 * time.Second

// bodyLimit is how much a caller reads of an answer, in bytes: far more than any
// has, but for those that do not end.
const bodyLimit = 64 << 10

// A schedule says when the ith call begins, from the start.
type schedule func(i int) time.Duration

// even lets calls begin at equal distances.
func even(i, perSecond int) time.Duration {
	return time.Duration(i) * time.Second / time.Duration(perSecond)
}

// steady lets calls begin at one rate, and the first ones at another.
func steady(warm, warmRate, rate int) schedule {
	return func(i int) time.Duration {
		return even(min(i, warm), warmRate) + even(max(i-warm, 0), rate)
	}
}

// bursts lets as many calls begin at once as there are in a burst, and then none
// for a while. The first ones are steady.
func bursts(warm, warmRate, burst int, every time.Duration) schedule {
	return func(i int) time.Duration {
		return even(min(i, warm), warmRate) + time.Duration(max(i-warm, 0)/burst)*every
	}
}

// A load makes calls at fixed times, whatever becomes of those before: callers
// in the world do not wait for each other.
type load struct {
	client *http.Client
	url    string
	http2  bool
	start  schedule
	calls  int

	begun atomic.Int64
	late  time.Duration // how much too late a call began, at the worst
	mu    sync.Mutex
	ended []outcome // in the order of calls
}

// An outcome is what became of a call.
type outcome struct {
	kind     Kind
	id       string
	status   int  // 0 without an answer
	upstream bool // the answer is the upstream's
	complete bool // the upstream's success, with its whole body
	cutShort bool // a success whose body broke
	worker   string
	proto    int
	err      error
}

// run makes all calls and returns when all have ended.
func (l *load) run(ctx context.Context) {
	l.ended = make([]outcome, l.calls)
	began := time.Now()
	var all sync.WaitGroup
	for i := range l.calls {
		due := began.Add(l.start(i))
		pause(ctx, time.Until(due))
		if ctx.Err() != nil {
			break
		}
		l.late = max(l.late, time.Since(due))
		l.begun.Add(1)
		all.Go(func() {
			o := l.call(ctx, i)
			l.mu.Lock()
			defer l.mu.Unlock()
			l.ended[i] = o
		})
	}
	all.Wait()
}

func callID(i int) string { return fmt.Sprintf("call-%d", i) }

func (l *load) call(ctx context.Context, i int) outcome {
	// Not canceled when the call is over: that would close the connection of a
	// response that somebody forgot, and hide it.
	ctx, cancel := context.WithCancelCause(ctx)
	defer time.AfterFunc(callLimit, func() { cancel(context.DeadlineExceeded) }).Stop()
	o := outcome{kind: Kind(i) % kinds, id: callID(i)}
	req, err := l.request(ctx, o)
	if err != nil {
		o.err = err
		return o
	}
	resp, err := l.client.Do(req)
	if err != nil {
		o.err = errors.Join(err, context.Cause(ctx))
		return o
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, bodyLimit))
	o.status, o.proto, o.err = resp.StatusCode, resp.ProtoMajor, err
	o.upstream = resp.Header.Get(fromUpstream) != ""
	o.worker = resp.Header.Get("X-Worker")
	success := resp.StatusCode == http.StatusOK
	o.complete = success && err == nil && o.upstream && whole(body, o.id)
	o.cutShort = success && err != nil
	return o
}

func (l *load) request(ctx context.Context, o outcome) (*http.Request, error) {
	if o.kind == Get {
		return http.NewRequestWithContext(ctx, http.MethodGet, l.url+itemPath+o.id, nil)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, l.url+paymentPath, bytes.NewReader(newDocument(o.id)))
	if err == nil && o.kind == Keyed {
		req.Header.Set(keyHeader, "key-of-"+o.id)
	}
	return req, err
}
