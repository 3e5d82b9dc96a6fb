// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package status_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/surefoot-go/surefoot/classify"
	"github.com/surefoot-go/surefoot/hedge"
	"github.com/surefoot-go/surefoot/limit"
	"github.com/surefoot-go/surefoot/observe"
	"github.com/surefoot-go/surefoot/status"
	"github.com/surefoot-go/surefoot/transport"
)

var update = flag.Bool("update", false, "write the golden files anew")

// digits is a list of numbers, which reads best in one line.
var digits = regexp.MustCompile(`\[[\d,\s]+\]`)

// The names in the report are API.
func TestReport_Golden(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		net := &network{codes: map[string]int{"b.test": 503, "d.test": -1}}
		stack := newStack(t, net)
		p := newPage(t, stack, status.WithName("shop"))
		send(t, stack, "https://a.test/", 12)
		pass(30 * time.Second)
		send(t, stack, "https://a.test/", 7)
		send(t, stack, "https://b.test/", 22) // opens at the twentieth
		send(t, stack, "https://c.test/", 1)
		send(t, stack, "https://d.test/", 2)
		stack.ForceClosed("https://c.test")
		p.Tell(observe.Event{
			Kind: observe.RetryScheduled, Key: "https://d.test", Method: "PUT", Attempt: 1, Status: 502,
			Verdict: classify.Verdict{Class: classify.Retryable, Reason: classify.ReasonStatus}, Wait: 150 * time.Millisecond,
		})
		pass(200 * time.Millisecond)

		got := read(t, ask(t, p, "GET", "?format=json", ""))
		var indented bytes.Buffer
		if err := json.Indent(&indented, []byte(got), "", "\t"); err != nil {
			t.Fatal(err)
		}
		text := digits.ReplaceAllFunc(indented.Bytes(), func(list []byte) []byte {
			return bytes.Join(bytes.Fields(list), []byte(" "))
		})
		file := filepath.Join("testdata", "report.json")
		if *update {
			if err := os.WriteFile(file, text, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(text, bytes.ReplaceAll(want, []byte("\r\n"), []byte("\n"))) {
			t.Errorf("got another report than in %s; if that is meant, go test -update. Got:\n%s", file, text)
		}
	})
}

func TestReport_CountsAttempts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		verdict := func(c classify.Class, r classify.Reason) classify.Verdict {
			return classify.Verdict{Class: c, Reason: r}
		}
		p := newPage(t, nil)
		for _, e := range []observe.Event{
			{Kind: observe.AttemptFinished, Status: 200, Verdict: verdict(classify.Success, classify.ReasonStatus)},
			{Kind: observe.AttemptFinished, Status: 404, Verdict: verdict(classify.Terminal, classify.ReasonStatus)},
			{Kind: observe.AttemptFinished, Status: 500, Verdict: verdict(classify.Retryable, classify.ReasonStatus)},
			{Kind: observe.AttemptFinished, Verdict: verdict(classify.Retryable, classify.ReasonReset)},
			{Kind: observe.AttemptFinished, Verdict: verdict(classify.Terminal, classify.ReasonCertificate)},
			{Kind: observe.AttemptFinished, Verdict: verdict(classify.Unknown, classify.ReasonRejected)},
			{Kind: observe.AttemptFinished, Verdict: verdict(classify.Unknown, classify.ReasonCanceled)},
			{Kind: observe.BodyFailed, Status: 200},
			{Kind: observe.Rejected},
			{Kind: observe.Rejected},
			{Kind: observe.RetryScheduled},
			{Kind: observe.RetrySuppressed},
			{Kind: observe.CallFinished},
			{Kind: observe.KeyAssigned},
			{Kind: observe.KindNone},
			{Kind: 200},
		} {
			e.Key = "a"
			p.Tell(e)
		}
		want := status.Counts{Succeeded: 2, Failed: 4, Retries: 1, Suppressed: 1, Rejected: 2}
		r := report(t, p, "")
		if r.Totals.Recent != want || r.Keys[0].Recent != want {
			t.Errorf("got %+v, want %+v", r.Totals.Recent, want)
		}
		var reasons []string
		for _, e := range r.Keys[0].Errors {
			reasons = append(reasons, e.Reason)
		}
		if !slices.Equal(reasons, []string{"none", "certificate", "reset", "status"}) {
			t.Errorf("got errors %v, want the newest first", reasons)
		}
		pass(5*time.Minute + 5*time.Second)
		if r := report(t, p, ""); r.Totals.Recent != (status.Counts{}) || r.Keys[0].Trouble {
			t.Errorf("got %+v after a while, want it forgotten", r.Totals.Recent)
		}
	})
}

func TestReport_PutsTroubleFirst(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		stack := newStack(t, &network{codes: map[string]int{"open.test": 503, "half.test": 503}})
		p := newPage(t, stack)
		url := func(name string) string { return "https://" + name + ".test" }
		for _, name := range []string{"half", "held", "fine", "forced", "flaky"} {
			send(t, stack, url(name), 25)
		}
		pass(time.Second)
		stack.ForceOpen(url("forced"))
		stack.ForceClosed(url("held"))
		send(t, stack, url("open"), 25)
		for range 25 {
			p.Tell(finished(url("half"), 503)) // as in storms
			p.Tell(finished(url("failing"), 503))
		}
		p.Tell(finished(url("failing-less"), 503))
		p.Tell(finished(url("flaky"), 503))

		want := []string{url("forced"), url("half"), url("open"), url("failing"), url("failing-less"), url("held"), url("flaky"), url("fine")}
		r := report(t, p, "")
		if got := names(r); !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
		for i, k := range r.Keys {
			if k.Trouble != (i < 5) {
				t.Errorf("%s: got trouble %v", k.Key, k.Trouble)
			}
		}
		totals := r.Totals
		totals.Recent = status.Counts{}
		if totals != (status.Totals{Keys: 8, Trouble: 5, Open: 3, Closed: 5, Forced: 2}) {
			t.Errorf("got %+v", totals)
		}
		for query, want := range map[string][]string{
			"&state=open":             want[:3],
			"&state=forced":           {want[0], want[5]},
			"&state=trouble":          want[:5],
			"&state=trouble&q=FAIL":   want[3:5],
			"&state=half-open":        nil,
			"&state=closed&q=+fine+":  {want[7]},
			"&state=nonsense&q=flaky": {want[6]},
			"&page=2":                 want,
			"&page=x":                 want,
		} {
			r := report(t, p, query)
			if got := names(r); !slices.Equal(got, want) || r.Matching != len(want) || r.Totals.Keys != 8 {
				t.Errorf("%s: got %q of %d, want %q", query, got, r.Matching, want)
			}
		}
		for _, e := range report(t, p, "&q=open.test").Feed {
			if !strings.Contains(e.Key, "open.test") {
				t.Errorf("got %+v, want the feed of the keys that were asked for", e)
			}
		}
	})
}

func TestReport_TellsOfLimitsAndHedges(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		stack := newStack(t, slowDown{}, transport.WithLimit(limit.WithMaxInFlight(7)), transport.WithHedging(hedge.WithDelay(20*time.Millisecond)))
		p := newPage(t, stack)
		send(t, stack, "https://a.test/", 1)
		k := report(t, p, "").Keys[0]
		if k.Limit == nil || k.Limit.Limit != 7 || k.Limit.CoolDownMS != 3000 || !k.Trouble {
			t.Errorf("got %+v of %+v, want the limit, and a wait that is trouble", k.Limit, k)
		}
		if k.Hedging == nil || k.Hedging.DelayMS != 20 {
			t.Errorf("got %+v, want the delay of hedges", k.Hedging)
		}
		if body := read(t, ask(t, p, "GET", "", "")); !strings.Contains(body, "cools down, 3.0 s") || !strings.Contains(body, "0 of 7") {
			t.Error("got no limit on the page")
		}
	})
}

// slowDown asks everybody to wait.
type slowDown struct{}

func (slowDown) RoundTrip(req *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: 429, Header: http.Header{"Retry-After": {"3"}}, Body: http.NoBody, Request: req}, nil
}

// Without circuits, the keys are those that the page has heard of.
func TestReport_WithoutCircuits(t *testing.T) {
	t.Parallel()
	stack := newStack(t, &network{}, transport.WithoutBreaker())
	p := newPage(t, stack)
	send(t, stack, "https://a.test/", 5)
	if r := report(t, p, ""); len(r.Keys) != 1 || r.Keys[0].Recent.Succeeded != 5 {
		t.Errorf("got %+v", r.Keys)
	}
}

// Two things are bounded: what is kept, and what is shown.
func TestPage_ManyKeys(t *testing.T) { //nolint:paralleltest // measures memory and time
	p := newPage(t, nil)
	base := heap()
	for i := range 30_000 {
		name := "https://host" + strconv.Itoa(i) + ".example.com"
		p.Tell(finished(name, 200))
		if i%2 == 0 { // and the dear half of it
			p.Tell(finished(name, 503))
		}
	}
	grown := heap() - base
	if p.KeyCount() != status.MaxKeys {
		t.Errorf("got %d keys, want %d", p.KeyCount(), status.MaxKeys)
	}
	if grown > 40<<20 {
		t.Errorf("got %d MiB kept, want at most 40", grown>>20)
	}
	t.Logf("%d keys, half of them failing: %.1f MiB", p.KeyCount(), float64(grown)/(1<<20))

	// The time is that of a page of a stack that knows as many.
	stack := newStack(t, &network{})
	p = newPage(t, stack)
	for i := range status.MaxKeys {
		name := "https://host" + strconv.Itoa(i) + ".example.com"
		send(t, stack, name+"/", 1)
		if i%2 == 0 {
			p.Tell(finished(name, 503))
		}
	}
	for _, query := range []string{"", "?format=live", "?format=json", "?q=host9&page=2"} {
		began := time.Now() // told, and not judged: that depends on the machine
		body := read(t, ask(t, p, http.MethodGet, query, ""))
		t.Logf("GET %s: %d KiB in %s", query, len(body)>>10, time.Since(began))
		if rows := strings.Count(body, "data-id=\"aHR0"); rows > status.PageSize {
			t.Errorf("GET %s: got %d rows, want %d at most", query, rows, status.PageSize)
		}
	}
	r := report(t, p, "&page=50")
	if len(r.Keys) != status.PageSize || r.Matching != status.MaxKeys || r.Pages != 50 || r.Keys[0].Trouble {
		t.Errorf("got %d keys of %d on page %d of %d, want the last page, without trouble", len(r.Keys), r.Matching, r.Page, r.Pages)
	}
	if last := report(t, p, "&page=51"); last.Page != 50 || last.Keys[0].Key != r.Keys[0].Key {
		t.Errorf("got page %d, want the last one for a page that is not there", last.Page)
	}
	body := read(t, ask(t, p, http.MethodGet, "?page=2", ""))
	for _, want := range []string{"201–400 of 10000", "Page 2 of 50", "rel=\"prev\"", "href=\"?page=3\""} {
		if !strings.Contains(body, want) {
			t.Errorf("got no %q on the page", want)
		}
	}
}
