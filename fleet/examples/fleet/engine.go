// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"sync"
	"time"

	"github.com/alicebob/miniredis/v2"
)

// An engine is the server that the instances meet at.
type engine struct {
	name, addr string
	stop       func() // at once; may be called again
}

// startEngine starts a redis-server or a valkey-server, or one in memory.
func startEngine(ctx context.Context) (*engine, error) {
	for _, name := range []string{"redis-server", "valkey-server"} {
		if path, err := exec.LookPath(name); err == nil {
			return startProcess(ctx, name, path)
		}
	}
	m, err := miniredis.Run()
	if err != nil {
		return nil, err
	}
	return &engine{name: "in memory, no redis-server is installed", addr: m.Addr(), stop: sync.OnceFunc(m.Close)}, nil
}

func startProcess(ctx context.Context, name, path string) (*engine, error) {
	addr, err := freeAddr(ctx)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "surefoot-fleet-")
	if err != nil {
		return nil, err
	}
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, path,
		"--port", port, "--bind", "127.0.0.1", "--dir", dir, "--save", "", "--daemonize", "no")
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	e := &engine{name: name, addr: addr, stop: sync.OnceFunc(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		_ = os.RemoveAll(dir)
	})}
	if err := await(ctx, addr); err != nil {
		e.stop()
		return nil, err
	}
	return e, nil
}

// freeAddr returns an address that nobody listened on a moment ago.
func freeAddr(ctx context.Context) (string, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// await waits until somebody listens.
func await(ctx context.Context, addr string) error {
	var d net.Dialer
	for range 200 {
		c, err := d.DialContext(ctx, "tcp", addr)
		if err == nil {
			return c.Close()
		}
		if !pause(ctx, 25*time.Millisecond) {
			return ctx.Err()
		}
	}
	return fmt.Errorf("nobody listens on %s", addr)
}
