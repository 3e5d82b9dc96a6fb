// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package breaker

import (
	"context"
	"errors"
	"net/http"

	"github.com/surefoot-go/surefoot/observe"
	"github.com/surefoot-go/surefoot/trip"
)

// watch turns a success into a failure if the response's body breaks. The
// success is one of a closed circuit, which the slot of tick holds, or that of
// a probe, which no slot does.
func (b *Breaker) watch(c *circuit, word, tick uint64, req *http.Request, resp *http.Response) {
	trip.WatchBody(resp, func(err error) {
		if err == nil || errors.Is(err, trip.ErrBodyClosed) || errors.Is(err, context.Canceled) || req.Context().Err() != nil {
			return // read to its end, or no longer wanted
		}
		if observe.Listening(b.observer) {
			observe.Emit(b.observer, observe.Event{
				Kind: observe.BodyFailed, Context: req.Context(), Key: c.name,
				Method: req.Method, Status: resp.StatusCode, Err: err,
			})
		}
		if stateOf(word) == HalfOpen {
			b.probeBodyBroke(c, word, req)
			return
		}
		// A success of an earlier generation is in no window any more, and the
		// slot may have begun to hold others.
		if c.word.Load() == word {
			c.window.revoke(tick)
			b.failed(c, word, req, 0)
		}
	})
}

// probeBodyBroke deals with a probe whose headers were good: it fails the
// probe, or counts in the window if the probe has closed the circuit.
func (b *Breaker) probeBodyBroke(c *circuit, word uint64, req *http.Request) {
	switch now := c.word.Load(); now {
	case word:
		b.report(c, lease{word: word}, req, failure, 0)
	case next(word, Closed):
		b.failed(c, now, req, 0)
	}
}
