// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package browser_test

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/surefoot-go/surefoot/status"
)

var (
	shots = flag.String("shots", "", "the `directory` to write pictures of the page to")
	page  = flag.String("page", "", "the `address` of a page to take them of, in place of our own")
)

// row is a script that gives the row of a host.
func row(host string) string {
	return `[...document.querySelectorAll("tbody tr")].find((r) => r.cells[0].textContent === "http://` + host + `")`
}

// badge is a script that is true while the circuit of a host shows a state.
func badge(host, state string) string {
	return row(host) + `?.querySelector(".badge").textContent === "` + state + `"`
}

// ready waits for the first look at the keys and for the feed.
func ready(t *testing.T, ctx context.Context) {
	t.Helper()
	until(t, ctx, "the page is live", `document.querySelector(".link.live") && document.querySelectorAll("tbody tr").length >= 6`)
}

func TestPage_FollowsCircuits(t *testing.T) {
	t.Parallel()
	w := build(t)
	ctx := open(t)
	complaints := listen(t, ctx, w.host)
	run(t, ctx, chromedp.Navigate(w.page))
	ready(t, ctx)

	w.fails(hosts[1], 503)
	until(t, ctx, "the circuit is seen open", badge(hosts[1], "open"))
	until(t, ctx, "it is the first row", `document.querySelector("tbody tr") === `+row(hosts[1]))
	until(t, ctx, "the feed tells of it", `[...document.querySelectorAll("#feed li")].some((l) => l.textContent.includes("opened") && l.textContent.includes("`+hosts[1]+`"))`)
	until(t, ctx, "and a screen reader is told", `document.getElementById("says").textContent.includes("new event")`)

	// What a reader holds on to stays while the rest changes.
	run(t, ctx, js(`window.kept = `+row(hosts[1])))
	w.fails(hosts[1], 0)
	until(t, ctx, "the circuit is seen closed", badge(hosts[1], "closed"))
	if !ask(t, ctx, chromedp.Evaluate[bool](`window.kept === `+row(hosts[1]))) {
		t.Error("got another row, want the same one with other contents")
	}

	if title := ask(t, ctx, chromedp.Title()); title != "shop – surefoot" {
		t.Errorf("got title %q: a key has changed it", title)
	}
	text := ask(t, ctx, chromedp.Evaluate[string](`document.documentElement.outerHTML`))
	if strings.Contains(text, "secret") || strings.Contains(text, "/v1/") {
		t.Error("got a query string or a path on the page, want neither")
	}
	complaints.none(t)
}

func TestPage_Filters(t *testing.T) {
	t.Parallel()
	w := build(t)
	ctx := open(t)
	complaints := listen(t, ctx, w.host)
	run(t, ctx, chromedp.Navigate(w.page))
	ready(t, ctx)
	run(t, ctx, chromedp.SendKeys(chromedp.CSS("#q"), "REFUNDS"))
	until(t, ctx, "one row is left", `document.querySelectorAll("tbody tr").length === 1 && !!`+row("refunds.payments.test"))
	run(t, ctx, chromedp.SetValue(chromedp.CSS("#state"), "open"), js(`document.getElementById("state").dispatchEvent(new Event("change"))`))
	until(t, ctx, "no row is left", `!document.querySelector("tbody tr") && document.querySelector(".empty").textContent === "No key matches."`)
	address := ask(t, ctx, chromedp.Location())
	if !strings.HasSuffix(address, "?q=REFUNDS&state=open") {
		t.Errorf("got address %s, want one that can be sent to a colleague", address)
	}

	// By keyboard alone: the switch of the theme, and the pause.
	run(t, ctx, chromedp.Focus(chromedp.CSS("#theme")), chromedp.KeyEvent(kb.Enter), chromedp.KeyEvent(kb.Enter),
		chromedp.Focus(chromedp.CSS("#pause")), chromedp.KeyEvent(" "))
	until(t, ctx, "it is dark and paused", `document.documentElement.dataset.theme === "dark" && document.querySelector(".link").textContent === "paused"`)
	run(t, ctx, chromedp.Reload())
	until(t, ctx, "it is dark still", `document.documentElement.dataset.theme === "dark" && document.querySelector(".link.live")`)
	complaints.none(t)
}

func TestPage_ObeysByHand(t *testing.T) {
	t.Parallel()
	w := build(t, status.WithControls())
	ctx := open(t)
	complaints := listen(t, ctx, w.host)
	run(t, ctx, chromedp.Navigate(w.page))
	ready(t, ctx)
	press := func(action string, want int) {
		t.Helper()
		run(t, ctx, js(row(hosts[2])+`.querySelector("button[value=`+action+`]").click()`))
		select {
		case got := <-w.posts:
			if got != want {
				t.Errorf("%s: got status %d, want %d", action, got, want)
			}
		case <-time.After(5 * time.Second):
			t.Fatalf("%s: no request came", action)
		}
	}
	press("force-open", http.StatusOK)
	until(t, ctx, "the circuit is held open", badge(hosts[2], "open")+` && `+row(hosts[2])+`.textContent.includes("by hand")`)
	press("reset", http.StatusOK)
	until(t, ctx, "it is left to itself", badge(hosts[2], "closed")+` && !`+row(hosts[2])+`.querySelector(".state").textContent.includes("by hand")`)
	press("force-closed", http.StatusOK)
	w.fails(hosts[2], 500)
	until(t, ctx, "it is held closed while it fails", row(hosts[2])+`.classList.contains("trouble") && `+badge(hosts[2], "closed"))
	complaints.none(t)
}

// Another site that a visitor of the page has open can do nothing.
func TestPage_ObeysNoOtherSite(t *testing.T) {
	t.Parallel()
	w := build(t, status.WithControls())
	ctx := open(t)
	evil := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(rw, `<!doctype html><title>evil</title><iframe src="%[1]s"></iframe>
			<form method="post" action="%[1]s"><input name="key" value="http://%[2]s"><input name="action" value="force-open"></form>`, w.page, hosts[0])
	}))
	t.Cleanup(evil.Close)
	complaints := listen(t, ctx, w.host)
	run(t, ctx, chromedp.Navigate(evil.URL), js(`fetch("`+w.page+`", {method: "POST", mode: "no-cors",
		body: new URLSearchParams({key: "http://`+hosts[0]+`", action: "force-open"})}).then(() => 1, () => 1)`))
	refused := func(how string) {
		t.Helper()
		select {
		case got := <-w.posts:
			if got != http.StatusForbidden {
				t.Errorf("%s: got status %d, want 403", how, got)
			}
		case <-time.After(5 * time.Second):
			t.Fatalf("%s: no request came", how)
		}
	}
	refused("a script of another site")
	run(t, ctx, js(`document.forms[0].submit()`))
	refused("a form of another site")
	if !complaints.about("frame-ancestors") {
		t.Error("got the page in a frame of another site, want it refused")
	}
	for _, k := range w.stack.Snapshot().Keys {
		if k.Circuit.Forced {
			t.Errorf("got %s forced, want it as it was", k.Key)
		}
	}
}

func TestPage_WithoutJavaScript(t *testing.T) {
	t.Parallel()
	w := build(t, status.WithControls())
	ctx := open(t)
	w.fails(hosts[3], 500)
	call(t, ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	var rows string
	for range 100 { // until there is something to see
		run(t, ctx, chromedp.Navigate(w.page))
		if rows = text(t, ctx, "main"); strings.Contains(rows, "opened") && strings.Contains(rows, hosts[4]) {
			break
		}
	}
	if note := text(t, ctx, "body"); !strings.Contains(rows, hosts[3]) || !strings.Contains(note, "reload it") {
		t.Errorf("got %q, want the keys, and how to see them later", note)
	}
	if buttons := text(t, ctx, ".tools"); strings.TrimSpace(buttons) != "" {
		t.Errorf("got %q, want no button that does nothing", buttons)
	}
	run(t, ctx, chromedp.SendKeys(chromedp.CSS("#q"), "sandbox"), chromedp.Click(chromedp.CSS(".filter button")), chromedp.WaitReady(chromedp.CSS("tbody tr:only-child")))
	if rows = text(t, ctx, "tbody"); !strings.Contains(rows, "sandbox") || strings.Contains(rows, hosts[0]) {
		t.Errorf("got rows %q, want the one that was asked for", rows)
	}
	run(t, ctx, chromedp.Click(chromedp.CSS(".hand button[value=force-open]")), chromedp.WaitReady(chromedp.CSS(".badge.open")))
	rows, address := text(t, ctx, "tbody"), ask(t, ctx, chromedp.Location())
	if !strings.Contains(rows, "by hand") || !strings.Contains(address, "q=sandbox") {
		t.Errorf("got rows %q at %s, want the same page with the circuit open", rows, address)
	}
}

// text returns the text of an element.
func text(t *testing.T, ctx context.Context, selector chromedp.CSS) string {
	t.Helper()
	return ask(t, ctx, chromedp.Text(selector))
}

// look opens the page at a width in a theme.
func look(t *testing.T, ctx context.Context, address, theme string, width int64) {
	t.Helper()
	call(t, ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: theme}},
	})
	run(t, ctx, chromedp.EmulateViewport(width, 800), chromedp.Navigate(address))
	until(t, ctx, "the page is live", `document.querySelector(".link.live") && document.querySelector("#feed li:not(.none)")`)
}

// views are what the page must look right in.
var views = []struct {
	theme string
	width int64
}{{"light", 1280}, {"dark", 1280}, {"light", 390}, {"dark", 390}}

func TestPage_CanBeReadByEverybody(t *testing.T) {
	t.Parallel()
	w := build(t, status.WithControls())
	ctx := open(t)
	complaints := listen(t, ctx, w.host)
	w.fails(hosts[1], 503)
	w.fails(hosts[4], 429)
	run(t, ctx, chromedp.Navigate(w.page))
	until(t, ctx, "there is something to see", `document.querySelector(".badge.open") && document.querySelector(".tag.bad") && document.querySelector(".error details")`)
	w.stack.ForceOpen("http://" + hosts[1])
	w.stack.ForceClosed("http://" + hosts[2])
	for _, v := range views {
		name := fmt.Sprintf("%s at %d", v.theme, v.width)
		look(t, ctx, w.page, v.theme, v.width)
		wide, bad := ask(t, ctx, chromedp.Evaluate[[]string](overflows)), ask(t, ctx, chromedp.Evaluate[[]string](tables))
		for _, s := range append(wide, bad...) {
			t.Errorf("%s: %s", name, s)
		}
		contrast := ask(t, ctx, chromedp.Evaluate[contrast](contrasts))
		for _, s := range contrast.Bad {
			t.Errorf("%s: contrast %s", name, s)
		}
		if contrast.Checked < 80 {
			t.Errorf("%s: got the contrast of %d texts, want most of them", name, contrast.Checked)
		}
		named(t, ctx, name)
		shoot(t, ctx, fmt.Sprintf("test-%s-%d.png", v.theme, v.width))
	}
	for _, width := range []int64{320, 600, 768, 1024, 1260, 1261, 1600} {
		run(t, ctx, chromedp.EmulateViewport(width, 800))
		for _, s := range ask(t, ctx, chromedp.Evaluate[[]string](overflows)) {
			t.Errorf("at %d: %s", width, s)
		}
	}
	complaints.none(t)
}

// contrast is what the script contrasts gives.
type contrast struct {
	Checked int      `json:"checked"`
	Bad     []string `json:"bad"`
}

// named checks that everything that can be used, and every region, says what it
// is to those who cannot see it.
func named(t *testing.T, ctx context.Context, view string) {
	t.Helper()
	nodes := call(t, ctx, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{}).Nodes
	want := map[string]int{
		"button": 18, "link": 3, "searchbox": 1, "combobox": 1, "table": 1, "columnheader": 11, "rowheader": 6, "row": 7,
		"cell": 60, "image": 6, "list": 1, "region": 2, "heading": 3, "main": 1, "search": 1, "banner": 1, "status": 1,
	}
	unnamed := map[string]bool{"row": true, "cell": true, "main": true, "search": true, "banner": true, "status": true}
	found := map[string]int{}
	for _, n := range nodes {
		if n.Ignored || n.Role == nil {
			continue
		}
		role := strings.Trim(string(n.Role.Value), `"`)
		found[role]++
		if _, ok := want[role]; ok && !unnamed[role] && (n.Name == nil || len(strings.Trim(string(n.Name.Value), `" `)) == 0) {
			t.Errorf("%s: got a %s without a name", view, role)
		}
	}
	for role, n := range want {
		if found[role] < n {
			t.Errorf("%s: got %d of role %s, want %d at least", view, found[role], role, n)
		}
	}
}

// shoot writes a picture of the whole page, if pictures are asked for.
func shoot(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	if *shots == "" {
		return
	}
	png := ask(t, ctx, chromedp.FullScreenshot(100))
	if err := os.MkdirAll(*shots, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(*shots, name), png, 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestShots takes pictures of a page that is served elsewhere.
func TestShots(t *testing.T) {
	t.Parallel()
	if *shots == "" || *page == "" {
		t.Skip("no -shots and -page")
	}
	ctx := open(t)
	for _, v := range views {
		look(t, ctx, *page, v.theme, v.width)
		shoot(t, ctx, fmt.Sprintf("status-%s-%d.png", v.theme, v.width))
	}
}
