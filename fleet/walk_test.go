// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package fleet_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/fleet"
	"github.com/surefoot-go/surefoot/fleet/fleettest"
)

// Calls wait for a turn, and not for a walk.
func TestWalk_HoldsTheLockForAFewHosts(t *testing.T) {
	t.Parallel()
	for _, keys := range []int{0, 1, fleet.Turn, fleet.Turn + 1, 5000} {
		t.Run(strconv.Itoa(keys), func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				f, _, link := linked(t, fleettest.NewServer().Engine(), fleet.WithQueue(10_000))
				for i := range keys {
					link.Opened(fmt.Sprint("key ", i), time.Minute)
				}
				seen := map[string]bool{}
				for _, turn := range f.Walk(func() { link.Wanted("key 0") }) { // the lock is free
					if len(turn) > fleet.Turn {
						t.Errorf("%d hosts were seen under one hold of the lock, want %d at most", len(turn), fleet.Turn)
					}
					for key, times := range turn {
						if seen[key] || times > 1 {
							t.Errorf("%q was seen again", key)
						}
						seen[key] = true
					}
				}
				if len(seen) != keys {
					t.Errorf("%d hosts were seen, want %d", len(seen), keys)
				}
			})
		})
	}
}

// What is there all the time is seen, whatever comes and goes in between.
func TestWalk_LeavesNobodyOut(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		f, _, link := linked(t, fleettest.NewServer().Engine(), fleet.WithQueue(100_000))
		random := rand.New(rand.NewPCG(1, 2))
		const keys = 2000
		var passing []string
		for i := range keys {
			link.Opened(fmt.Sprint("stays ", i), time.Minute)
			passing = append(passing, fmt.Sprint("goes ", i))
			link.Opened(passing[i], time.Minute)
		}
		random.Shuffle(len(passing), func(i, j int) { passing[i], passing[j] = passing[j], passing[i] })
		n, seen := 0, map[string]bool{}
		for _, turn := range f.Walk(func() {
			for range random.IntN(60) {
				if len(passing) > 0 {
					f.Forget(passing[0])
					passing = passing[1:]
				}
			}
			for range random.IntN(60) {
				link.Opened(fmt.Sprint("new ", n), time.Minute)
				n++
			}
		}) {
			for key := range turn {
				seen[key] = true
			}
		}
		for i := range keys {
			if key := fmt.Sprint("stays ", i); !seen[key] {
				t.Errorf("%q was left out", key)
			}
		}
	})
}

// All who look at every host do it by a walk.
func TestWalk_IsTheOnlyWay(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("got %d files, %v", len(files), err)
	}
	loop := regexp.MustCompile(`range (maps\.\w+\()?([a-z]+\.)*f\.(hosts|all)\b`)
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(string(source), "\n") {
			if loop.MatchString(line) {
				t.Errorf("%s:%d: %s", name, i+1, line)
			}
		}
	}
}

// One that takes the place of another, which is forgotten meanwhile, is seen twice by
// a walk.
func TestSnapshot_HasEachKeyOnce(t *testing.T) {
	t.Parallel()
	const keys = 4000
	server := fleettest.NewServer()
	f, _, link := linked(t, server.Engine(), fleet.WithQuorum(1, 0), fleet.WithQueue(keys))
	for i := range keys {
		link.Opened(fmt.Sprint("key ", i), time.Minute)
	}
	eventually(t, "all are open", func() bool { return len(f.Snapshot().Keys) == keys })
	var forgetting sync.WaitGroup
	forgetting.Go(func() {
		for i := range keys {
			f.Forget(fmt.Sprint("key ", i))
		}
	})
	for range 100 {
		seen := map[string]bool{}
		for _, k := range f.Snapshot().Keys {
			if seen[k.Key] {
				t.Fatalf("%q is there twice", k.Key)
			}
			seen[k.Key] = true
		}
	}
	forgetting.Wait()
}

// A list that comes when the Fleet has let go of its circuits revives none.
func TestFleet_AfterCloseAListIsNotRead(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		server := fleettest.NewServer()
		f, b, link := linked(t, late{server.Engine(), 900 * time.Millisecond}, fleet.WithQuorum(1, 0), fleet.WithReconcileEvery(time.Second))
		pass(3 * time.Second)
		link.Opened(host, time.Minute)
		pass(3 * time.Second)
		lists := server.Calls().Lists
		for server.Calls().Lists == lists { // until one is under way
			pass(10 * time.Millisecond)
		}
		b.take()
		_ = f.Close()
		pass(3 * time.Second)
		if told := b.take(); len(told) != 1 || !strings.HasSuffix(told[0], "valid for 0s") {
			t.Errorf("the circuits were told %q, want to go on alone", told)
		}
		if keys := f.Snapshot().Keys; len(keys) != 0 {
			t.Errorf("it knows %+v", keys)
		}
	})
}
