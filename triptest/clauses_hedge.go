// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package triptest

import (
	"io"
	"net/http"
	"sync/atomic"
	"time"
)

func hedgeClauses() []Clause {
	return []Clause{
		{
			Name:   "hedge/second-wins",
			Source: "Dean and Barroso, The Tail at Scale",
			Doc:    "If the first attempt hangs, the answer to a second is returned, and its body can be read for as long as it takes.",
			Needs:  "Hedges", fakeClock: true, run: hedgeSecondWins,
		},
		{
			Name:   "hedge/loser-released",
			Source: complaints + "hedgedhttp and failsafe-go (the bodies of losers are never closed)",
			Doc:    "The attempt that lost is canceled, and its answer closed if it still comes.",
			Needs:  "Hedges", fakeClock: true, run: hedgeLoserReleased,
		},
		{
			Name:   "hedge/unsafe-once",
			Source: "RFC 9110 §9.2.2; " + complaints + "hedgedhttp and resty, which hedge POST",
			Doc:    "A slow POST, and a slow request whose body cannot be had again, is sent once.",
			Needs:  "Hedges", fakeClock: true, run: hedgeUnsafeOnce,
		},
	}
}

// warmed builds a wrapper that has seen enough to know what slow is. The base
// then gives the replies in turn, and the last again and again.
func (p *probe) warmed(replies ...Reply) *circuit {
	c := p.circuit(Respond(200).After(10 * time.Millisecond))
	for range patience {
		p.drain(p.respond(c.rt, c.get(), 200))
	}
	script, attempts := NewScript(replies...), atomic.Int64{}
	c.handle(func(req *http.Request) Reply { return script.next(int(attempts.Add(1)), req) })
	return c
}

func (c *circuit) get() *http.Request {
	req := c.p.get()
	req.URL = c.url
	return req
}

func hedgeSecondWins(p *probe) {
	slow := Respond(200).Stream(func(w io.Writer) error {
		pause(time.Hour)
		_, err := io.WriteString(w, "the second")
		return err //nolint:wrapcheck // ends the stream
	})
	c := p.warmed(Block(), slow)
	call := p.start(c.rt, c.get())
	resp := p.want(call.within(time.Minute, "whose first attempt hangs"), 200)
	p.same(p.drain(resp), "the second", "the body")
}

func hedgeLoserReleased(p *probe) {
	c := p.warmed(Respond(200).After(time.Hour).Body("late"), Respond(200).Body("the second"))
	before := c.base.Len()
	call := p.start(c.rt, c.get())
	p.drain(p.want(call.within(time.Minute, "whose first attempt is slow"), 200))
	p.settle()
	if loser := c.base.Attempts()[before]; loser.Context.Err() == nil {
		p.errorf("the attempt that lost: got it going on, want it canceled")
	}
	pause(2 * time.Hour)
	for _, leak := range c.base.ledger.Leaks() {
		p.errorf("got a body open, want it closed: %s", leak.What)
	}
}

func hedgeUnsafeOnce(p *probe) {
	for _, method := range []string{http.MethodPost, http.MethodPut} {
		c := p.warmed(Respond(200).After(time.Minute))
		req, _ := p.uploadOnce(method)
		req.URL = c.url
		before := c.base.Len()
		call := p.start(c.rt, req)
		call.within(time.Hour, method+" that is slow")
		if got := c.base.Len() - before; got != 1 {
			p.errorf("%s without GetBody that is slow: got %d attempts, want 1", method, got)
		}
	}
}
