// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package fleet_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/surefoot-go/surefoot/fleet"
	"github.com/surefoot-go/surefoot/fleet/fleettest"
	"github.com/surefoot-go/surefoot/fleet/internal/redistest"
)

// documented returns the words that follow others in the package's documentation,
// to the end of the block or of the sentence.
func documented(t *testing.T, before, end string) []string {
	t.Helper()
	text, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	_, after, ok := strings.Cut(string(text), before)
	if !ok {
		t.Fatalf("the documentation does not have %q", before)
	}
	words, _, _ := strings.Cut(after, end)
	return strings.Fields(strings.NewReplacer("//", " ", `\`, " ").Replace(words))
}

// setUser makes the user of the documentation, with further rules.
func setUser(t *testing.T, c *redis.Client, rules ...string) {
	t.Helper()
	define(t, c, "surefoot", rules...)
}

// define makes a user as the documentation does, with further rules.
func define(t *testing.T, c *redis.Client, name string, rules ...string) {
	t.Helper()
	args := []any{"ACL", "SETUSER", name, "on", ">SECRET"}
	for _, rule := range append(documented(t, "ACL SETUSER "+name+" on >SECRET", "//\n"), rules...) {
		args = append(args, rule)
	}
	if err := c.Do(t.Context(), args...).Err(); err != nil {
		t.Fatalf("%v: %v", args, err)
	}
}

// The user of the documentation can do all that is needed, and nothing else.
func TestReal_ACL(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, program string) {
		server := redistest.Start(t, program)
		setUser(t, server.Client())
		client := func() redis.UniversalClient {
			o := redistest.Options(server.Addr)
			o.Username, o.Password = "surefoot", "SECRET"
			c := redis.NewClient(o)
			t.Cleanup(func() { _ = c.Close() })
			return c
		}
		c := client()
		for _, command := range [][]any{
			{"GET", "foreign"},
			{"GET", "{other:default}:mark"},
			{"PUBLISH", "foreign", "x"},
			{"KEYS", "*"},
			{"FLUSHALL"},
			{"CONFIG", "GET", "*"},
			{"CLIENT", "LIST"},
		} {
			if err := c.Do(t.Context(), command...).Err(); err == nil || !strings.Contains(err.Error(), "NOPERM") {
				t.Errorf("%v: got %v, want NOPERM", command, err)
			}
		}
		outage(t, client)
		fleettest.TestEngine(t, func() fleet.Engine { return fleet.NewRedisEngine(client(), fleet.DefaultPrefix) })
	})
}

// The client of a cluster needs a few more.
func TestReal_ClusterACL(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, program string) {
		server := redistest.Start(t, program, "--cluster-enabled", "yes")
		cluster := server.Cluster()
		setUser(t, server.Client(), forCluster(t)...)
		o := *cluster.Options()
		o.Username, o.Password = "surefoot", "SECRET"
		outage(t, func() redis.UniversalClient {
			c := redis.NewClusterClient(&o)
			t.Cleanup(func() { _ = c.Close() })
			return c
		})
	})
}

// nothingDenied fails the test if users of the documentation were refused anything
// that matters: go-redis tells a server its own name, if it may. A node that has just
// been started again knows no users.
func nothingDenied(t *testing.T, c *redis.Client) {
	t.Helper()
	entries, err := c.ACLLog(t.Context(), 128).Result()
	if err != nil {
		return // it is gone
	}
	for _, e := range entries {
		if e.Reason != "auth" && !slices.Contains([]string{"client|setinfo", "client|maint_notifications"}, e.Object) {
			t.Errorf("%s was refused %q for its %s", e.Username, e.Object, e.Reason)
		}
	}
}

// outage has three instances go through one.
func outage(t *testing.T, client func() redis.UniversalClient) {
	t.Helper()
	s := newService()
	outageOf(t, s, members(t, 3, s, client))
}

// outageOf has instances go through one.
func outageOf(t *testing.T, s *service, nodes []*node) {
	t.Helper()
	s.down()
	allHeld(t, nodes)
	s.up()
	allClosed(t, nodes)
}
