// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Package redistest starts real servers for tests, each on a free port and in a
// directory of its own.
package redistest

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing" //nolint:depguard // for tests only, and internal
	"time"

	"github.com/redis/go-redis/v9"
)

// Names are the programs that tests run against. Both speak the same protocol.
func Names() []string { return []string{"redis-server", "valkey-server"} }

// A Server is a process. It is stopped when its test ends.
type Server struct {
	// Addr is where it listens.
	Addr string

	tb      testing.TB
	program string
	args    []string
	dir     string
	cmd     *exec.Cmd
	done    chan struct{}
}

// Start starts a server with further arguments, such as "--cluster-enabled", "yes".
// It skips the test where the program is not installed, unless that is
// redis-server and SUREFOOT_REQUIRE_SERVERS is 1, as in CI.
func Start(tb testing.TB, program string, args ...string) *Server {
	tb.Helper()
	s := prepare(tb, program)
	s.args = append([]string{
		"--port", s.port(), "--bind", "127.0.0.1", "--dir", s.dir, "--save", "", "--appendonly", "no", "--daemonize", "no",
	}, args...)
	s.Run()
	return s
}

// prepare makes a server that has an address and a directory, and does not run.
func prepare(tb testing.TB, program string) *Server {
	tb.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		if program == "redis-server" && os.Getenv("SUREFOOT_REQUIRE_SERVERS") == "1" {
			tb.Fatalf("%s is not installed, and SUREFOOT_REQUIRE_SERVERS says that it must be", program)
		}
		tb.Skipf("%s is not installed: nothing is tested against it", program)
	}
	s := &Server{tb: tb, program: path, dir: tb.TempDir(), Addr: freeAddr(tb)}
	tb.Cleanup(s.Kill)
	return s
}

// Program returns the name of the program.
func (s *Server) Program() string { return filepath.Base(s.program) }

func (s *Server) port() string {
	_, port, _ := net.SplitHostPort(s.Addr)
	return port
}

// Run starts the server, again if it was killed, and waits until it answers.
func (s *Server) Run() {
	s.tb.Helper()
	out, err := os.Create(filepath.Join(s.dir, "log"))
	if err != nil {
		s.tb.Fatal(err)
	}
	defer out.Close()
	// Not of the test's context: Cleanup ends it, after what uses it.
	s.cmd = exec.CommandContext(context.Background(), s.program, s.args...) //nolint:gosec // the arguments are the test's
	s.cmd.Stdout, s.cmd.Stderr = out, out
	if err := s.cmd.Start(); err != nil {
		s.tb.Fatal(err)
	}
	s.done = make(chan struct{})
	go func(cmd *exec.Cmd, done chan<- struct{}) {
		_ = cmd.Wait()
		close(done)
	}(s.cmd, s.done)
	s.await()
}

func (s *Server) await() {
	s.tb.Helper()
	client := s.Client()
	defer client.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		// It is this process that answers, and not another on the same port.
		info, err := client.Info(ctx, "server").Result()
		if strings.Contains(info, fmt.Sprintf("process_id:%d\r", s.cmd.Process.Pid)) {
			return
		}
		select {
		case <-tick.C:
		case <-s.done:
			s.tb.Fatalf("%s has ended: %s", s.program, s.log())
		case <-ctx.Done():
			s.tb.Fatalf("%s does not answer: %v: %s", s.program, err, s.log())
		}
	}
}

func (s *Server) log() string {
	text, _ := os.ReadFile(filepath.Join(s.dir, "log"))
	return string(text)
}

// Kill ends the server at once, as kill -9 does, and returns when it is gone.
func (s *Server) Kill() {
	if s.cmd == nil {
		return
	}
	_ = s.cmd.Process.Kill()
	<-s.done
}

// Client returns a client, which is closed when the test ends.
func (s *Server) Client() *redis.Client {
	c := redis.NewClient(Options(s.Addr))
	s.tb.Cleanup(func() { _ = c.Close() })
	return c
}

// until waits for something to become so that the servers do by themselves.
func until(tb testing.TB, what string, is func() bool) {
	tb.Helper()
	deadline := time.NewTimer(30 * time.Second)
	defer deadline.Stop()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !is() {
		select {
		case <-tick.C:
		case <-deadline.C:
			tb.Fatalf("after 30 s it is not so that %s", what)
		}
	}
}

// Options are those that the documents recommend.
func Options(addr string) *redis.Options {
	return &redis.Options{Addr: addr, ContextTimeoutEnabled: true, MaxRetries: -1, DialTimeout: time.Second}
}

// Cluster makes the server a cluster of one node, which has all slots. It has to
// be started with cluster-enabled.
func (s *Server) Cluster() *redis.ClusterClient {
	s.tb.Helper()
	ctx := context.Background()
	c := s.Client()
	if err := c.ClusterAddSlotsRange(ctx, 0, 16383).Err(); err != nil {
		s.tb.Fatal(err)
	}
	until(s.tb, "the cluster is well", func() bool { return clusterWell(c, 1) })
	cluster := redis.NewClusterClient(&redis.ClusterOptions{
		Addrs: []string{s.Addr}, ContextTimeoutEnabled: true, MaxRetries: -1,
	})
	s.tb.Cleanup(func() { _ = cluster.Close() })
	return cluster
}

// lastPort is the one that was given out last.
var lastPort atomic.Int64 //nolint:gochecknoglobals // tests run at once and must not get the same one

// freeAddr returns an address that nobody listens on. A cluster needs the port
// 10 000 above as well. Both are below those that systems give to connections that
// go out, which may take one between the look and the start of the server. Another
// process of tests begins elsewhere.
func freeAddr(tb testing.TB) string {
	tb.Helper()
	for range 10_000 {
		port := 10_000 + (int64(os.Getpid())*211+lastPort.Add(1))%10_000
		addr := net.JoinHostPort("127.0.0.1", strconv.FormatInt(port, 10))
		if free(addr) && free(net.JoinHostPort("127.0.0.1", strconv.FormatInt(port+10_000, 10))) {
			return addr
		}
	}
	tb.Fatal("no port is free")
	return ""
}

func free(addr string) bool {
	var lc net.ListenConfig
	l, err := lc.Listen(context.Background(), "tcp", addr)
	if err != nil {
		return false
	}
	_ = l.Close()
	return true
}
