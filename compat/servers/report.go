// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package servers

import (
	"context"
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// Report writes what duels have shown, as Markdown. Command is the one that
// made them.
func Report(ctx context.Context, command string, duels []*Duel) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# In front of real proxies\n\n"+
		"What nginx %s and haproxy %s do on an ordinary day, what a bare `http.Client`\n"+
		"sees of it, and what the default stack (`transport.New(nil)`) makes of it. Made by\n"+
		"`%s` with %s %s/%s on %d CPUs. How it is\n"+
		"done, and what is set, is told by the package's documentation and below.\n\n",
		Version(ctx, nginx), Version(ctx, haproxy), command, runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
	writeCompleted(&b, duels)
	writeSeen(&b, duels)
	writeSettings(&b, duels)
	writeBroken(&b, duels)
	return b.String()
}

// row writes one line of a table.
func row(b *strings.Builder, cells ...string) {
	b.WriteString("| " + strings.Join(cells, " | ") + " |\n")
}

// writeCompleted tells what became of the calls.
func writeCompleted(b *strings.Builder, duels []*Duel) {
	row(b, "the proxy", "HTTP", "calls of each kind", "GET", "POST with a key", "POST", "**applied twice**",
		"attempts per call", "connections", "left open", "left unfinished")
	b.WriteString("|---|---|--:|" + strings.Repeat("--:|", 8) + "\n")
	for _, d := range duels {
		completed := func(k Kind) string {
			bare, ours := d.Bare.Calls[k], d.Ours.Calls[k]
			return versus(percent(bare.Completed, bare.Asked), percent(ours.Completed, ours.Asked))
		}
		row(b, title(d.Case), strings.TrimPrefix(d.Case.Protocol(), "HTTP/"), strconv.Itoa(d.Ours.Calls[Get].Asked),
			completed(Get), completed(Keyed), completed(Post),
			"**"+versus(strconv.Itoa(d.Bare.Doubled), strconv.Itoa(d.Ours.Doubled))+"**"+footnote(d),
			strconv.FormatFloat(float64(d.Ours.Attempts)/float64(d.Ours.Total().Asked), 'f', 2, 64),
			versus(strconv.Itoa(d.Bare.Dialed), strconv.Itoa(d.Ours.Dialed)),
			versus(strconv.Itoa(d.Bare.LeftOpen), strconv.Itoa(d.Ours.LeftOpen)),
			versus(strconv.Itoa(d.Bare.LeftServed), strconv.Itoa(d.Ours.LeftServed)))
	}
	b.WriteString(`
Bare → surefoot in each column; *attempts per call* are surefoot's.

- *GET*, *POST with a key*, *POST*: calls that got the upstream's success with its
  whole body. A POST without a key completes where it can be proved that nothing
  was sent, and is not sent again otherwise: with a 502, 503 or 504 the upstream
  may have applied it.
- *applied twice*: payments that the upstream applied more than once.
- *left open*: connections that stay when all bodies are closed and the idle
  ones dropped.
- *left unfinished*: requests that the upstream is still at then, because somebody
  keeps their response: over HTTP/2 these are streams, of which one connection has
  many.
- A response whose connection breaks in its body was handed over already, and nobody
  but the caller can ask again: that call is not completed, with surefoot either.

`)
	calls, sends := 0, 0
	for _, d := range duels {
		if footnote(d) != "" {
			calls += d.Ours.Calls[Post].Asked
			sends += d.Ours.SendsPost
		}
	}
	if calls > 0 {
		fmt.Fprintf(b, beneath, calls, sends)
	}
}

// beneath explains the payments that were applied twice.
const beneath = `¹ Not by surefoot: for the %d POSTs without a key it asked net/http %d times to send
one, and it is the same without. Where a
server hangs up without an answer, haproxy resets the stream of HTTP/2 with
REFUSED_STREAM, which means that nothing was processed (RFC 9113 §8.7), though
the server has read and applied the request. net/http believes it and sends the
request again, a POST too. Over HTTP/1.1 it closes the connection instead, and
nobody repeats the POST. None of these payments had an idempotency key: the
upstream knows those that do.

`

func footnote(d *Duel) string {
	if d.Bare.Beneath+d.Ours.Beneath > 0 {
		return " ¹"
	}
	return ""
}

// writeSeen tells what the calls that did not complete came to.
func writeSeen(b *strings.Builder, duels []*Duel) {
	b.WriteString("## What callers saw of the rest\n\n")
	row(b, "the proxy", "HTTP", "bare", "surefoot: GET and POST with a key", "surefoot: POST", "not sent again, because")
	b.WriteString("|---|---|---|---|---|---|\n")
	for _, d := range duels {
		safe := map[string]int{}
		for _, k := range []Kind{Get, Keyed} {
			for what, n := range d.Ours.Calls[k].Failures {
				safe[what] += n
			}
		}
		row(b, title(d.Case), strings.TrimPrefix(d.Case.Protocol(), "HTTP/"), orNone(list(d.Bare.Total().Failures)),
			orNone(list(safe)), orNone(list(d.Ours.Calls[Post].Failures)), orNone(list(d.Ours.Suppressed)))
	}
	b.WriteString("\n")
}

func writeSettings(b *strings.Builder, duels []*Duel) {
	b.WriteString("## What is set\n\n" +
		"Calls begin at fixed times, 150 a second after a busier second, whatever becomes\n" +
		"of those before: a GET, a POST without a key and a POST with one in turn. The\n" +
		"crowds come once a second, all at once.\n\n" +
		"- *Neither proxy sends anything again*: nginx has `proxy_next_upstream off` (its\n" +
		"  default asks the next upstream after an error or a timeout, for all but POST,\n" +
		"  LOCK and PATCH), haproxy `retries 0` and no `option redispatch`.\n" +
		"- *killed*: SIGKILL to nginx and its workers. *Told to quit*: what `nginx -s quit`\n" +
		"  does, and SIGUSR1 for haproxy: idle connections are closed, requests under way\n" +
		"  are answered. *Started again* " + outage.String() + " after nobody listens any more" + longest(duels) + ".\n" +
		"- *reloaded*: what `nginx -s reload` does, and a new haproxy with `-sf`. Requests\n" +
		"  take 30 ms here, so that some are always under way.\n" +
		"- *is down*: the upstream closes its port for " + outage.String() + ", in good order.\n" +
		"- *applies and hangs up*, *applies and is too slow*: the first request of every\n" +
		"  tenth call is applied and not answered: the connection is closed, or nothing\n" +
		"  comes for longer than the proxy waits (400 ms).\n" +
		"- *applies and says 503 without end*: the same, and the body of that answer goes on\n" +
		"  until the client closes it. Nginx has `proxy_buffering off` here.\n" +
		"- *limits requests*: `limit_req` with `nodelay`. *Full*: `maxconn 4` with `timeout\n" +
		"  queue`, or with a rule for the length of the queue; `maxqueue` sends nobody away\n" +
		"  where there is one server. Both say 503 without a Retry-After.\n" +
		"- HTTP/1.1 is without TLS, HTTP/2 with it.\n\n")
}

func longest(duels []*Duel) string {
	var most time.Duration
	for _, d := range duels {
		most = max(most, d.Bare.Longest(), d.Ours.Longest())
	}
	if most == 0 {
		return ""
	}
	return " (the longest outage was " + most.Round(time.Millisecond).String() + ")"
}

func writeBroken(b *strings.Builder, duels []*Duel) {
	any := false
	for _, d := range duels {
		for _, what := range d.Broken {
			if !any {
				b.WriteString("## Promises broken\n\n")
			}
			any = true
			fmt.Fprintf(b, "- %s, %s: %s\n", title(d.Case), d.Case.Protocol(), what)
		}
	}
}

func title(c Case) string { return c.Program + ": " + c.Name }

func versus(bare, ours string) string { return bare + " → " + ours }

func orNone(text string) string {
	if text == "" {
		return "–"
	}
	return text
}

// percent rounds down, so that 100 means all.
func percent(n, of int) string {
	if of == 0 {
		return "–"
	}
	return strconv.FormatFloat(float64(n*1000/of)/10, 'f', -1, 64) + " %"
}
