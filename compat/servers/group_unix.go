// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

//go:build unix

package servers

import (
	"context"
	"fmt"
	"io"
	"os/exec"
	"sync"
	"syscall"
)

// Signals that the proxies know.
const (
	sigQuit   = syscall.SIGQUIT // nginx: drain and end
	sigReload = syscall.SIGHUP  // nginx: new workers, the old ones drain
	sigDrain  = syscall.SIGUSR1 // haproxy: drain and end
)

// A group is a process group with a guard in it: a shell that waits for the end
// of its input and then kills the whole group. The input is a pipe from this
// process, so however this process ends, no server outlives it.
type group struct {
	guard *exec.Cmd
	lease io.Closer
	ended sync.Once // its number may be another group's afterwards
}

func newGroup(ctx context.Context) (*group, error) {
	guard := exec.CommandContext(ctx, "/bin/sh", "-c", "cat >/dev/null; kill -KILL 0")
	guard.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	lease, err := guard.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("guard: %w", err)
	}
	if err := guard.Start(); err != nil {
		return nil, fmt.Errorf("guard: %w", err)
	}
	return &group{guard: guard, lease: lease}, nil
}

// join makes cmd start in the group.
func (g *group) join(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pgid: g.guard.Process.Pid}
}

// kill ends all processes of the group, as a power cut does.
func (g *group) kill() {
	g.ended.Do(func() {
		_ = syscall.Kill(-g.guard.Process.Pid, syscall.SIGKILL) // whatever is left of it
		_ = g.guard.Wait()
		_ = g.lease.Close()
	})
}
