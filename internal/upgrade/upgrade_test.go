// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package upgrade_test

import (
	"io"
	"testing"

	"github.com/surefoot-go/surefoot/internal/upgrade"
)

type reader struct{ io.ReadCloser }

type writer struct{ reader }

func (writer) Write(p []byte) (int, error) { return len(p), nil }

type halfCloser struct{ writer }

func (halfCloser) CloseWrite() error { return nil }

func TestKeep_KeepsTheWritingSideThatThereIs(t *testing.T) {
	t.Parallel()
	rows := []struct {
		name         string
		body         io.ReadCloser
		write, close bool
	}{
		{"none", reader{}, false, false},
		{"one that stays open", writer{}, true, false},
		{"one that can be closed", halfCloser{}, true, true},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			kept := upgrade.Keep(reader{}, row.body)
			_, write := kept.(io.Writer)
			_, closes := kept.(interface{ CloseWrite() error })
			if write != row.write || closes != row.close {
				t.Errorf("got Write %t and CloseWrite %t, want %t and %t", write, closes, row.write, row.close)
			}
		})
	}
}

func TestKeep_LeavesAnOrdinaryBodyAlone(t *testing.T) {
	t.Parallel()
	watched := &reader{}
	if got := upgrade.Keep(watched, reader{}); got != io.ReadCloser(watched) {
		t.Errorf("got %T, want what was given", got)
	}
}
