// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

//go:build !unix

package servers

import (
	"context"
	"fmt"
	"os/exec"
	"runtime"
	"syscall"
)

const (
	sigQuit   = syscall.Signal(3)
	sigReload = syscall.Signal(1)
	sigDrain  = syscall.Signal(10)
)

// A group cannot be made here: neither proxy runs on this system.
type group struct{}

func newGroup(context.Context) (*group, error) {
	return nil, fmt.Errorf("%w: neither nginx nor haproxy runs on %s", ErrNotInstalled, runtime.GOOS)
}

func (*group) join(*exec.Cmd) {}
func (*group) kill()          {}
