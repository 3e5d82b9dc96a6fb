// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package triptest

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/surefoot-go/surefoot/trip"
)

func timeoutClauses() []Clause {
	return []Clause{
		{
			Name:   "timeout/fires",
			Source: complaints + "go-retryablehttp#127, #61, #167, which ask for it",
			Doc:    "An attempt without an answer is given up in the declared time, and its body closed.",
			Needs:  "TimesOut", fakeClock: true, run: timeoutFires,
		},
		{
			Name:   "timeout/error",
			Source: "net.Error and os.IsTimeout; " + complaints + "turbopuffer-go#138 (an attempt's timeout passes for the caller's cancellation)",
			Doc:    "The error of an attempt that took too long says Timeout, and does not match context.Canceled.",
			Needs:  "TimesOut", fakeClock: true, run: timeoutError,
		},
		{
			Name:   "timeout/in-time",
			Source: "the option TimesOut",
			Doc:    "An attempt that is answered in half the declared time is not given up.",
			Needs:  "TimesOut", fakeClock: true, run: timeoutInTime,
		},
		{
			Name:   "timeout/late-answer-closed",
			Source: complaints + "heimdall (its hystrix client never closes a late response)",
			Doc:    "An answer that arrives after its attempt was given up is closed.",
			Needs:  "TimesOut", fakeClock: true, run: timeoutLateAnswer,
		},
	}
}

// slack is what a wrapper may add to its timeouts by waiting between attempts.
const slack = 10 * time.Minute

func (p *probe) timeoutsAtMost() time.Duration {
	return time.Duration(p.cfg.attempts)*p.cfg.timeout + slack
}

func timeoutFires(p *probe) {
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		req, sent := p.upload(method, "content")
		call := p.start(p.wrapped(p.script(Block())), req)
		if o := call.within(p.timeoutsAtMost(), method+" that is never answered"); o.err == nil || o.resp != nil {
			p.errorf("%s that is never answered: got %v, want an error", method, o)
		}
		p.closed(sent, method+" that is never answered")
	}
	base := p.script(Block())
	call := p.start(p.wrapped(base), p.request(p.ctx, http.MethodPost))
	o := call.within(p.timeoutsAtMost(), "POST that is never answered")
	if least := p.cfg.timeout / 2; o.took < least {
		p.errorf("POST that is never answered: got it given up after %v, want after %v", o.took, p.cfg.timeout)
	}
}

func timeoutError(p *probe) {
	call := p.start(p.wrapped(p.script(Block())), p.request(p.ctx, http.MethodPost))
	o := call.within(p.timeoutsAtMost(), "never answered")
	var timeout interface{ Timeout() bool }
	if !errors.As(o.err, &timeout) || !timeout.Timeout() {
		p.errorf("never answered: got %v, want an error whose Timeout method returns true", o)
	}
	if errors.Is(o.err, context.Canceled) {
		p.errorf("never answered: got %v, which matches context.Canceled, and nobody has canceled", o)
	}
}

func timeoutInTime(p *probe) {
	base := p.script(Respond(200).After(p.cfg.timeout / 2).Body("in time"))
	p.same(p.drain(p.respond(p.wrapped(base), p.get(), 200)), "in time", "the body")
}

func timeoutLateAnswer(p *probe) {
	script := p.script(Respond(200).Body("late"))
	deaf := trip.Func(func(req *http.Request) (*http.Response, error) {
		pause(3 * p.cfg.timeout) // this base does not hear of the end of its context
		return script.RoundTrip(req.WithContext(context.WithoutCancel(req.Context())))
	})
	call := p.start(p.wrapped(deaf), p.request(p.ctx, http.MethodPost))
	if o := call.within(p.timeoutsAtMost(), "answered too late"); o.resp != nil {
		_ = o.resp.Body.Close()
	}
	pause(slack)
	for _, leak := range script.ledger.Leaks() {
		p.errorf("an answer after the attempt was given up: got its body open, want it closed or returned: %s", leak.What)
	}
}
