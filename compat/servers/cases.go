// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package servers

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	rate = 150 // calls a second, where nothing else is said
	// Most clients have been running for longer than a second when something
	// breaks. So the first second is busier, and earns the budget of ten.
	warm = 3 * rate
	// work is what a request takes where some shall be under way at any time.
	work = 30 * time.Millisecond
	// outage is how long something is down, with what it takes to start again
	// on top.
	outage = 150 * time.Millisecond
	// MaxOutage is what every call can outlast: the first of four attempts of the
	// default stack and the last are at least 437 ms apart, and the budget of the
	// busy second pays for the retries of all calls that begin in it. A run whose
	// outages took longer, because the machine was busy, says nothing.
	MaxOutage = 330 * time.Millisecond
	// MaxLate is how much too late a call may begin.
	MaxLate = 60 * time.Millisecond
)

// Cases returns all of them, in the order of the table.
func Cases() []Case {
	var all []Case
	for _, c := range append(nginxCases(), haproxyCases()...) {
		if c.start == nil {
			c.start, c.warm, c.round = steady(warm, warm, rate), warm, rate
		}
		over2 := c
		over2.HTTP2 = true
		all = append(all, c, over2)
	}
	return all
}

func nginxCases() []Case {
	plain := nginxWith("", "")
	return []Case{
		{Program: nginx, Name: "killed, and started again", config: plain, work: work, fault: crashed, check: checkRestart},
		{Program: nginx, Name: "told to quit, and started again", config: plain, work: work, fault: drained, check: checkRestart},
		{Program: nginx, Name: "reloaded", config: plain, work: work, fault: replaced, check: checkReload},
		{
			Program: nginx, Name: "ends each connection after 100 requests",
			config: nginxWith("keepalive_requests 100;", ""), work: work, check: checkGoAway,
		},
		{Program: nginx, Name: "its upstream is down", config: plain, fault: upstreamDown, check: checkAnswered(http.StatusBadGateway)},
		{Program: nginx, Name: "its upstream applies and hangs up", config: plain, mishap: oneOfTen(cut), check: checkMishap(http.StatusBadGateway)},
		{
			Program: nginx, Name: "its upstream applies and is too slow",
			config: nginxWith("", "proxy_read_timeout 400ms;"), mishap: oneOfTen(late), check: checkMishap(http.StatusGatewayTimeout),
		},
		{
			Program: nginx, Name: "its upstream applies and says 503 without end",
			config: nginxWith("", "proxy_buffering off;"), mishap: oneOfTen(endless), check: checkMishap(http.StatusServiceUnavailable),
		},
		{
			Program: nginx, Name: "limits requests: 60/s and 10 more; 30 at once",
			config: nginxWith("limit_req_zone all zone=all:64k rate=60r/s;", "limit_req zone=all burst=10 nodelay;"),
			start:  bursts(60, 40, 30, time.Second), warm: 60, round: 30, check: checkCrowded,
		},
	}
}

func haproxyCases() []Case {
	plain := haproxyWith("", "", "")
	crowd := bursts(60, 40, 40, time.Second)
	return []Case{
		{Program: haproxy, Name: "told to quit, and started again", config: plain, work: work, fault: drained, check: checkRestart},
		{Program: haproxy, Name: "reloaded", config: plain, work: work, fault: replaced, check: checkReload},
		{
			Program: haproxy, Name: "full: 4 at a time, 100 ms in the queue; 40 at once",
			config: haproxyWith("maxconn 4", "timeout queue 100ms", ""), work: 20 * time.Millisecond,
			start: crowd, warm: 60, round: 40, check: checkCrowded,
		},
		{
			Program: haproxy, Name: "full: 4 at a time, 8 in the queue; 40 at once",
			config: haproxyWith("maxconn 4", "", "http-request deny deny_status 503 if { queue(behind) ge 8 }"), work: 20 * time.Millisecond,
			start: crowd, warm: 60, round: 40, check: checkCrowded,
		},
		{
			Program: haproxy, Name: "its server is down, and checked",
			config: haproxyWith("check inter 20ms fall 2 rise 1", "", ""), fault: upstreamDown, check: checkAnswered(http.StatusServiceUnavailable),
		},
		{Program: haproxy, Name: "its server applies and hangs up", config: plain, mishap: oneOfTen(cut), check: checkMishap(http.StatusBadGateway)},
		{
			Program: haproxy, Name: "its server applies and is too slow",
			config: haproxyWith("", "timeout server 400ms", ""), mishap: oneOfTen(late), check: checkMishap(http.StatusGatewayTimeout),
		},
		{Program: haproxy, Name: "its server applies and says 503 without end", config: plain, mishap: oneOfTen(endless), check: checkMishap(http.StatusServiceUnavailable)},
	}
}

// oneOfTen hits the first request of every tenth call of each kind.
func oneOfTen(m mishap) func(string, int) mishap {
	return func(id string, nth int) mishap {
		i, err := strconv.Atoi(strings.TrimPrefix(id, "call-"))
		if err == nil && nth == 1 && i/int(kinds)%10 == 5 {
			return m
		}
		return none
	}
}

// down keeps something down for the length of an outage, and writes down how
// long it really was.
func (s *stage) down(ctx context.Context, stop func(context.Context) error, start func(context.Context) error) error {
	began := time.Now()
	if err := stop(ctx); err != nil {
		return err
	}
	pause(ctx, outage)
	if err := start(ctx); err != nil {
		return err
	}
	s.outages = append(s.outages, time.Since(began))
	return nil
}

func crashed(ctx context.Context, s *stage) error {
	return s.down(ctx, s.proxy.crash, s.startProxy)
}

func drained(ctx context.Context, s *stage) error {
	return s.down(ctx, s.proxy.drain, s.startProxy)
}

func upstreamDown(ctx context.Context, s *stage) error {
	return s.down(ctx, s.upstream.down, s.upstream.up)
}

func replaced(ctx context.Context, s *stage) error { return s.proxy.replace(ctx) }

func (s *stage) startProxy(ctx context.Context) error { return s.proxy.start(ctx) }
