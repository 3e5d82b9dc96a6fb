// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package browser_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// find returns the browser. Where there is none, the test is skipped, or fails
// on CI, where a skipped test would go unseen, unless CHROMIUM says "none".
func find(t *testing.T) string {
	t.Helper()
	names := []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"}
	if name := os.Getenv("CHROMIUM"); name != "" {
		names = []string{name}
	}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	const text = "there is no Chromium (looked for %s): install it, or set CHROMIUM to where it is"
	if os.Getenv("CI") != "" && os.Getenv("CHROMIUM") != "none" {
		t.Fatalf(text, strings.Join(names, ", "))
	}
	t.Skipf(text, strings.Join(names, ", "))
	return ""
}

// open starts a browser, with an empty profile, for one test. Chromium crashes
// now and then as it starts, which says nothing of the page: it is started up to
// three times.
func open(t *testing.T) context.Context {
	t.Helper()
	path := find(t)
	var err error
	for range 3 {
		var ctx context.Context
		if ctx, err = start(t, path); err == nil {
			return ctx
		}
		t.Logf("the browser does not start: %v", err)
	}
	t.Fatalf("the browser does not start, three times: %v", err)
	return nil
}

func start(t *testing.T, path string) (context.Context, error) {
	t.Helper()
	flags := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(path), chromedp.UserDataDir(t.TempDir()), chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck,
		chromedp.Flag("headless", true), chromedp.Flag("no-sandbox", true), chromedp.Flag("disable-gpu", true),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("disable-dev-shm-usage", true), chromedp.Flag("hide-scrollbars", true),
		chromedp.WSURLReadTimeout(30 * time.Second),
	}
	// Every name is looked up here, so nothing can go anywhere else.
	flags = append(flags, chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"))
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), flags...)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, time.Minute)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(func() { // waits for the browser to be gone, and its profile with it
		_ = chromedp.Cancel(ctx)
		cancel()
	})
	return ctx, chromedp.Do(ctx)
}

// run does what a visitor would do.
func run(t *testing.T, ctx context.Context, actions ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(ctx, actions...); err != nil {
		t.Fatalf("got error %v", err)
	}
}

// ask returns what an action gives.
func ask[T any](t *testing.T, ctx context.Context, a chromedp.Action[T]) T {
	t.Helper()
	v, err := chromedp.Run(ctx, a)
	if err != nil {
		t.Fatalf("got error %v", err)
	}
	return v
}

// call sends a command to the tab.
func call[P, R any](t *testing.T, ctx context.Context, cmd cdp.Command[P, R], params P) R {
	t.Helper()
	v, err := chromedp.Call(ctx, cmd, params)
	if err != nil {
		t.Fatalf("got error %v", err)
	}
	return v
}

// js runs a script for what it does.
func js(script string) chromedp.Action[chromedp.Void] {
	return chromedp.Evaluate[chromedp.Void]("void (" + script + ")")
}

// until waits for an expression to be true.
func until(t *testing.T, ctx context.Context, what, expression string) {
	t.Helper()
	_, err := chromedp.Run(ctx, chromedp.Poll[chromedp.Void]("!!("+expression+")",
		chromedp.WithPollingInterval(50*time.Millisecond), chromedp.WithPollingTimeout(15*time.Second)))
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
}

// Complaints are what the browser has to say against a page.
type complaints struct {
	mu   sync.Mutex
	list []string
}

// listen collects complaints, and requests that leave the host.
func listen(t *testing.T, ctx context.Context, host string) *complaints {
	t.Helper()
	c := &complaints{}
	add := func(format string, args ...any) {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.list = append(c.list, fmt.Sprintf(format, args...))
	}
	err := chromedp.Listen(ctx, func(ev any) {
		switch ev := ev.(type) {
		case *log.EventEntryAdded: // violations of the policy are among them
			add("%s: %s %s", ev.Entry.Source, ev.Entry.Text, ev.Entry.URL)
		case *runtime.EventConsoleAPICalled:
			add("console.%s", ev.Type)
		case *runtime.EventExceptionThrown:
			add("exception: %s", ev.ExceptionDetails.Text)
		case *network.EventRequestWillBeSent:
			if url := ev.Request.URL; !strings.HasPrefix(url, host) && !strings.HasPrefix(url, "data:") {
				add("request to %s", url)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// about reports whether one of the complaints holds a word.
func (c *complaints) about(word string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.ContainsFunc(c.list, func(s string) bool { return strings.Contains(s, word) })
}

func (c *complaints) none(t *testing.T) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.list {
		t.Errorf("the browser complains: %s", s)
	}
}
