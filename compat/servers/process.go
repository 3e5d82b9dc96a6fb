// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package servers

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"syscall"
)

// A process is one run of a program, with all that it starts.
type process struct {
	cmd   *exec.Cmd
	group *group
	ended chan struct{} // closed when the program itself has ended
}

// spawn starts a program; what it says goes to the end of the file log. The
// program ends with ctx.
func spawn(ctx context.Context, log, path string, args ...string) (*process, error) {
	out, err := os.OpenFile(log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer out.Close() // the child has its own
	g, err := newGroup(ctx)
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Stdout, cmd.Stderr = out, out
	g.join(cmd)
	if err := cmd.Start(); err != nil {
		g.kill()
		return nil, fmt.Errorf("start %s: %w", path, err)
	}
	p := &process{cmd, g, make(chan struct{})}
	go func() {
		defer close(p.ended)
		_ = cmd.Wait() // how it ended is in the log
	}()
	return p, nil
}

// signal asks the program for something.
func (p *process) signal(s syscall.Signal) error { return p.cmd.Process.Signal(s) }

// kill ends the program and all that it started, without a word to anybody, and
// returns when the program is gone.
func (p *process) kill() {
	p.group.kill()
	<-p.ended
}

// over reports whether the program has ended.
func (p *process) over() bool {
	select {
	case <-p.ended:
		return true
	default:
		return false
	}
}
