// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package servers

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// A check says what is wrong with the results of a case: the promises that were
// broken, and faults that did not happen.
type check func(c Case, bare, ours *Result, f *findings)

// findings are sentences about what is wrong.
type findings struct{ all []string }

// want notes a sentence unless ok.
func (f *findings) want(ok bool, format string, args ...any) {
	if !ok {
		f.all = append(f.all, fmt.Sprintf(format, args...))
	}
}

// CheckSafety says which promises are broken that hold on the busiest machine,
// in what the clients made of a case. It is empty if all is well.
func (c Case) CheckSafety(bare, ours *Result) []string {
	f := &findings{}
	for name, r := range map[string]*Result{"bare": bare, "surefoot": ours} {
		f.want(r.Lost == 0, "%s: %d calls were told of a success that the upstream belies", name, r.Lost)
		f.want(r.LeftOpen == 0, "%s: %d connections left open", name, r.LeftOpen)
		f.want(r.LeftServed == 0, "%s: the upstream is still at %d requests: their responses were not closed", name, r.LeftServed)
		// What net/http sends again does not count here, so that it cannot hide what a
		// layer does.
		f.want(r.Sends <= r.Attempts, "%s: its layers sent %d requests in %d attempts", name, r.Sends, r.Attempts)
		f.want(c.mishap == nil || r.SendsPost == r.Calls[Post].Asked, "%s: its layers sent %d POSTs without a key for %d calls", name,
			r.SendsPost, r.Calls[Post].Asked)
		f.want(r.OtherProtocol == 0, "%s: %d answers were not over %s", name, r.OtherProtocol, c.Protocol())
		f.want(r.Doubled == r.Beneath, "%s: %d payments applied twice by its layers", name, r.Doubled-r.Beneath)
		f.want(r.Beneath == 0 || c.liesOfRefusal(), "%s: %d payments applied twice by net/http", name, r.Beneath)
	}
	return f.all
}

// Check says what else is wrong: calls that should have completed, and faults
// that did not happen.
func (c Case) Check(bare, ours *Result) []string {
	f := &findings{}
	c.check(c, bare, ours, f)
	return f.all
}

// saved wants every call of ours complete that may be repeated, except for
// those whose success had already been handed over when its body broke.
func (f *findings) saved(ours *Result) {
	for _, k := range []Kind{Get, Keyed} {
		t := ours.Calls[k]
		f.want(t.Completed+t.CutShort == t.Asked, "surefoot: %d of %d completed of kind %s: %s; not tried again: %s",
			t.Completed, t.Asked, k, list(t.Failures), list(ours.Suppressed))
	}
}

// checkRestart: nobody listens for a while. A connection that is refused proves
// that nothing was sent, so all calls complete, but for the POSTs that were under
// way.
func checkRestart(_ Case, bare, ours *Result, f *findings) {
	f.want(bare.Total().Failures[refused] > 0, "no connection was refused: the proxy was never down")
	f.want(ours.Workers > 1, "only %d processes answered: the proxy was not started again", ours.Workers)
	f.want(ours.Calls[Post].Failures[refused] == 0, "surefoot: %d POSTs ended because a connection was refused; not tried again: %s",
		ours.Calls[Post].Failures[refused], list(ours.Suppressed))
	f.saved(ours)
}

// checkReload: the port stays open, and idle connections are closed.
func checkReload(_ Case, bare, ours *Result, f *findings) {
	f.want(min(bare.Workers, ours.Workers) > 1, "only %d processes answered: nothing was reloaded", min(bare.Workers, ours.Workers))
	f.saved(ours)
}

// checkGoAway: connections end by announcement, so nothing fails, not even a
// POST.
func checkGoAway(_ Case, bare, ours *Result, f *findings) {
	for name, r := range map[string]*Result{"bare": bare, "surefoot": ours} {
		sum := r.Total()
		f.want(r.Dialed*125 >= sum.Asked, "%s: only %d connections for %d calls: they did not end", name, r.Dialed, sum.Asked)
		f.want(sum.Completed == sum.Asked, "%s: %d of %d completed: %s", name, sum.Completed, sum.Asked, list(sum.Failures))
	}
}

// silence is what haproxy says over HTTP/1.1 where a server hangs up, on a
// connection on which it has answered before: it closes it, so that the client
// may decide about another try.
const silence = "EOF"

// checkAnswered: the proxy answers by itself for a while. A POST gets that
// answer: it says nothing of whether the upstream has applied it.
func checkAnswered(status int) check {
	what := strconv.Itoa(status) + byProxy
	return func(_ Case, bare, ours *Result, f *findings) {
		f.want(bare.Total().Failures[what] > 0, "nobody saw %s", what)
		for failure := range ours.Calls[Post].Failures { // haproxy says 502 or nothing on a connection that just then closes
			f.want(strings.HasSuffix(failure, byProxy) || failure == silence, "surefoot: a POST ended by %s, want %s", failure, what)
		}
		f.saved(ours)
	}
}

// checkMishap: one call of ten is applied, and its caller not told. Those that
// may be repeated are, once each; a POST that was hit is not.
func checkMishap(status int) check {
	what := strconv.Itoa(status) + byProxy
	if status == http.StatusServiceUnavailable {
		what = strconv.Itoa(status) // the upstream says it itself
	}
	return func(c Case, bare, ours *Result, f *findings) {
		f.saved(ours)
		hits := c.hits(ours.Calls[Post].Asked)
		f.want(hits > 0 && ours.Repeated >= 2*hits, "only %d requests arrived again, of %d calls that were hit: no harm was done",
			ours.Repeated, int(kinds)*hits)
		if c.liesOfRefusal() && status == http.StatusBadGateway {
			f.want(ours.Doubled <= hits, "surefoot: %d payments applied twice, and only %d were hit", ours.Doubled, hits)
			return
		}
		for name, r := range map[string]*Result{"bare": bare, "surefoot": ours} {
			post := r.Calls[Post]
			f.want(post.Failures[what]+post.Failures[silence] == hits && post.Completed == post.Asked-hits,
				"%s: POSTs: %d completed of %d, %s, want %d × %s", name, post.Completed, post.Asked, list(post.Failures), hits, what)
		}
		most := ours.Total().Asked + 2*hits
		f.want(ours.Attempts <= most, "surefoot: %d attempts, want at most %d", ours.Attempts, most)
	}
}

// liesOfRefusal reports whether the proxy tells net/http of requests that it has
// sent on that they were not processed, so that net/http sends them again.
func (c Case) liesOfRefusal() bool { return c.Program == haproxy && c.HTTP2 }

// hits returns how many of n calls of each kind the upstream hits.
func (c Case) hits(n int) int {
	hits := 0
	for i := range n {
		if c.mishap(callID(i*int(kinds)), 1) != none { // the same for each kind
			hits++
		}
	}
	return hits
}

// checkCrowded: more than the proxy lets through. It says 503 to the others, and
// those that may be repeated spread over the second that follows. What the budget
// does not pay for fails as it would have: at most a fifth of what the bare
// client lost.
func checkCrowded(_ Case, bare, ours *Result, f *findings) {
	what := "503" + byProxy
	lost := func(r *Result) int {
		return r.Calls[Get].Asked - r.Calls[Get].Completed + r.Calls[Keyed].Asked - r.Calls[Keyed].Completed
	}
	f.want(bare.Total().Failures[what] > 0, "nobody saw %s", what)
	f.want(lost(ours)*5 <= lost(bare), "surefoot: %d GETs and POSTs with a key did not complete, %d bare: %s; not tried again: %s",
		lost(ours), lost(bare), list(ours.Total().Failures), list(ours.Suppressed))
	for failure := range ours.Calls[Post].Failures {
		f.want(strings.HasPrefix(failure, what), "surefoot: a POST ended by %s, want %s", failure, what)
	}
}
