// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/surefoot-go/surefoot/status"
)

// children are the processes, by name.
type children map[string]*process

// A process is one instance.
type process struct {
	name  string
	cmd   *exec.Cmd
	stdin io.Closer // the process ends when this does
	page  string    // the URL of its status page
	ended chan struct{}
}

// startChildren returns when all have told where their pages are.
func startChildren(ctx context.Context, t *timeline, engine, service string) (children, error) {
	all := children{}
	for name, every := range instances() {
		p, err := startChild(ctx, t, childConfig{Name: name, Engine: engine, Service: service, Every: every})
		if err != nil {
			all.stop()
			return nil, err
		}
		all[name] = p
		t.say(name, "calls each %s, page %s", every, p.page)
	}
	return all, nil
}

func startChild(ctx context.Context, t *timeline, cfg childConfig) (*process, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	encoded, err := json.Marshal(cfg)
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, program)
	cmd.Env = append(os.Environ(), childVariable+"="+string(encoded))
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &process{name: cfg.Name, cmd: cmd, stdin: stdin, ended: make(chan struct{})}
	lines := bufio.NewScanner(stdout)
	if !lines.Scan() {
		p.stop()
		return nil, fmt.Errorf("instance %s does not start", cfg.Name)
	}
	p.page = lines.Text()
	go func() {
		for lines.Scan() {
			t.say(p.name, "%s", lines.Text())
		}
		close(p.ended)
	}()
	return p, nil
}

// stop ends a process, and waits for it.
func (p *process) stop() {
	_ = p.stdin.Close()
	if p.page != "" {
		<-p.ended
	}
	_ = p.cmd.Wait()
}

func (c children) stop() {
	for _, p := range c {
		p.stop()
	}
}

// show reads the status pages as a program does, and says of each circuit what it
// says.
func (c children) show(ctx context.Context, t *timeline) {
	names := make([]string, 0, len(c))
	for name := range c {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		text, err := read(ctx, c[name].page)
		if err != nil {
			text = err.Error()
		}
		t.say(name, "%s", text)
	}
}

func read(ctx context.Context, page string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, page+"?format=json", nil)
	if err != nil {
		return "", err
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	var r status.Report
	if err := json.NewDecoder(resp.Body).Decode(&r); err != nil {
		return "", err
	}
	var lines []string
	for _, k := range r.Keys {
		by := "by itself"
		if k.Circuit.Fleet {
			by = "by the fleet"
		}
		lines = append(lines, fmt.Sprintf("%s: %s, held %s, %d rejected", k.Key, k.Circuit.State, by, k.Circuit.Rejected))
	}
	return strings.Join(lines, "; "), nil
}
