// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package page

import (
	"fmt"
	"os"
	"runtime"
	"strings"
)

// machine describes where the numbers come from: the model of the CPU, how many
// cores, and the version of Go. It tells nothing else.
func machine() string {
	return fmt.Sprintf("%s, %d cores, %s/%s, %s",
		cpuModel(), runtime.GOMAXPROCS(0), runtime.GOOS, runtime.GOARCH, runtime.Version())
}

// cpuModel is known on Linux only.
func cpuModel() string {
	info, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return "CPU of unknown model"
	}
	for line := range strings.Lines(string(info)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "CPU of unknown model"
}
