// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package servers

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
)

// RequireEnv names the environment variable that makes a program that is
// missing a failure when it is 1: for CI, where a skipped test would be taken
// for one that passed.
const RequireEnv = "SUREFOOT_REQUIRE_SERVERS"

// ErrNotInstalled says that a program is not on this machine.
var ErrNotInstalled = errors.New("servers: not installed")

// Find returns the path of a program. It also looks where Debian puts servers,
// which is in the PATH of root only. The error wraps [ErrNotInstalled].
func Find(program string) (string, error) {
	if path, err := exec.LookPath(program); err == nil {
		return filepath.Abs(path)
	}
	for _, dir := range []string{"/usr/sbin", "/usr/local/sbin"} {
		path := filepath.Join(dir, program)
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			return path, nil
		}
	}
	return "", fmt.Errorf("%w: %s", ErrNotInstalled, program)
}

// Version returns what a program calls its version, such as 1.22.1, or
// "unknown".
func Version(ctx context.Context, program string) string {
	path, err := Find(program)
	if err != nil {
		return "not installed"
	}
	out, err := exec.CommandContext(ctx, path, "-v").CombinedOutput()
	if err != nil {
		return "unknown"
	}
	if v := regexp.MustCompile(`\d+\.\d+(\.\d+)?`).Find(out); v != nil {
		return string(v)
	}
	return "unknown"
}
