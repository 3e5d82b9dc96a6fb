// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package network_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/chaos/internal/ledger"
	"github.com/surefoot-go/surefoot/chaos/internal/network"
	"github.com/surefoot-go/surefoot/chaos/internal/plan"
)

// Each fault leaves the ledger and the caller in the state that its name says.
func TestScript_CutsWhereItSays(t *testing.T) {
	t.Parallel()
	const yes, no, maybe = "yes", "no", "maybe"
	for _, test := range []struct {
		fault    plan.Fault
		applied  string
		answered bool // the status arrives
		hangs    bool // until the client gives up
	}{
		{plan.Before, no, false, false},
		{plan.RequestHead, no, false, false},
		{plan.RequestBody, no, false, false},
		{plan.AtCommit, maybe, false, false},
		{plan.AfterCommit, yes, false, false},
		{plan.ResponseHead, yes, false, false},
		{plan.ResponseBody, yes, true, false},
		{plan.RequestLost, no, false, true},
		{plan.ResponseLost, yes, false, true},
	} {
		for _, reset := range []bool{false, true} {
			for _, large := range []float64{0, 1} {
				name := fmt.Sprintf("%s, reset %v, large %v", test.fault, reset, large)
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					script := network.NewScript(plan.New(1, plan.Mix{Faulty: 1, Large: large, Only: []plan.Fault{test.fault}}), calls)
					books := ledger.New(nil)
					client, url := open(t, network.Spec{Name: "path", Reset: reset, Script: script}, books)
					ctx, giveUp := context.WithCancel(t.Context())
					defer giveUp()
					var all sync.WaitGroup
					for n := range calls {
						all.Go(func() {
							status, err := pay(ctx, t, client, url, n, large > 0)
							if err == nil || test.answered != (status == http.StatusCreated) {
								t.Errorf("call %d: got %d, %v", n, status, err)
							}
							if got := books.Applied(reference(n)); test.applied == yes && got != 1 || test.applied == no && got != 0 {
								t.Errorf("call %d: applied %d times", n, got)
							}
							if script.Attempts(n) != 1 {
								t.Errorf("call %d: %d attempts", n, script.Attempts(n))
							}
						})
					}
					if test.hangs {
						await(t, func() bool { return script.Struck()[test.fault] == calls })
						giveUp()
					}
					all.Wait()
					if got := script.Struck()[test.fault]; got != calls {
						t.Errorf("made %d times", got)
					}
					if split := script.Split(); (split > 0) != (test.fault == plan.RequestHead && large > 0) {
						t.Errorf("%d cut while they were written", split)
					}
				})
			}
		}
	}
}

const calls = 12

func TestScript_LeavesOthersAlone(t *testing.T) {
	t.Parallel()
	script := network.NewScript(plan.New(1, plan.Mix{}), 100)
	books := ledger.New(nil)
	client, url := open(t, network.Spec{Name: "path", Script: script, Toxics: []network.Toxic{
		{Type: "slicer", Stream: "upstream", Attributes: map[string]any{"average_size": 20, "size_variation": 5}},
		{Type: "slicer", Stream: "downstream", Attributes: map[string]any{"average_size": 20, "size_variation": 5}},
	}}, books)
	for n := range 100 {
		if status, err := pay(t.Context(), t, client, url, n, n%3 == 0); status != http.StatusCreated || err != nil {
			t.Fatalf("call %d: got %d, %v", n, status, err)
		}
	}
	if books.Entries() != 100 || books.Twice() != 0 {
		t.Errorf("%d entries, %d twice", books.Entries(), books.Twice())
	}
}

// await waits until something has happened.
func await(t *testing.T, happened func() bool) {
	t.Helper()
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	for !happened() {
		select {
		case <-ticker.C:
		case <-t.Context().Done():
			t.Fatal("it never happened")
		}
	}
}

// open opens a path, and a client that waits for nobody.
func open(t *testing.T, spec network.Spec, h http.Handler) (*http.Client, string) {
	t.Helper()
	path, err := network.New().Open(t.Context(), spec, h)
	if err != nil {
		t.Fatal(err)
	}
	base := new(http.Transport)
	t.Cleanup(func() {
		base.CloseIdleConnections()
		if err := path.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	return &http.Client{Transport: base}, path.URL + ledger.Path
}

func reference(n int) string { return "order-" + strconv.Itoa(n) }

// pay makes a payment and returns the status, and any error, of the body too.
func pay(ctx context.Context, t *testing.T, client *http.Client, url string, n int, large bool) (int, error) {
	t.Helper()
	body := strings.NewReader(fmt.Sprintf(`{"reference":%q,"amount":%d}`, reference(n), n+1))
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set(network.CallHeader, strconv.Itoa(n))
	if large {
		req.Header.Set("X-Tracing-State", strings.Repeat("x", 300_000))
	}
	resp, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	_, err = io.ReadAll(resp.Body)
	return resp.StatusCode, errors.Join(err, resp.Body.Close())
}
