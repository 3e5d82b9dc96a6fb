// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package budget_test

import (
	"math"
	"testing"

	"github.com/surefoot-go/surefoot/internal/budget"
)

func fill(tokens, perSuccess float64) *budget.Bucket {
	b := new(budget.Bucket)
	b.Fill(budget.Rule{Tokens: tokens, PerSuccess: perSuccess})
	return b
}

func TestBucket_SparesHalf(t *testing.T) {
	t.Parallel()
	for tokens, want := range map[float64]int{10: 5, 1: 0, 2: 1, 3: 1, 0: 0} {
		b, n := fill(tokens, 0.1), 0
		for b.TakeSpare() {
			n++
		}
		if n != want || drain(b) != int(tokens)-want {
			t.Errorf("of %v tokens: got %d to spare, want %d and the rest for who needs them", tokens, n, want)
		}
	}
	var none *budget.Bucket
	if !none.TakeSpare() {
		t.Error("got nothing to spare of a bucket without bounds, want a token")
	}
}

// drain takes all tokens and returns how many there were.
func drain(b *budget.Bucket) int {
	n := 0
	for b.Take() {
		n++
	}
	return n
}

func TestBucket_StartsFull(t *testing.T) {
	t.Parallel()
	rows := []struct {
		name   string
		tokens float64
		level  float64
		takes  int
	}{
		{"with ten tokens", 10, 10, 10},
		{"with one", 1, 1, 1},
		{"with none", 0, 0, 0},
		{"with a part of one, which buys nothing", 0.999999, 0.999999, 0},
		{"with a size that binary rounds down", 0.29, 0.29, 0},
		{"with a size that binary rounds down, over one", 1.1, 1.1, 1},
		{"with less than nothing, which is nothing", -3, 0, 0},
		{"with what is not a number, which is nothing", math.NaN(), 0, 0},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			b := fill(row.tokens, 0.1)
			if got := b.Level(); got != row.level {
				t.Errorf("got level %v, want %v", got, row.level)
			}
			if got := drain(b); got != row.takes {
				t.Errorf("got %d tokens, want %d", got, row.takes)
			}
			if b.Taken() != uint64(row.takes) || b.Refused() != 1 {
				t.Errorf("got %d taken and %d refused, want %d and 1", b.Taken(), b.Refused(), row.takes)
			}
		})
	}
}

func TestBucket_FillsByItsSuccesses(t *testing.T) {
	t.Parallel()
	rows := []struct {
		name      string
		gain      float64
		successes int
		takes     int
	}{
		{"a tenth is short of a token after nine", 0.1, 9, 0},
		{"a tenth is a token after ten", 0.1, 10, 1},
		{"what binary rounds down adds up", 0.29, 100, 29},
		{"a thousandth is a token after a thousand", 0.001, 1000, 1},
		{"a ten-thousandth is not lost", 0.0001, 10000, 1},
		{"more than a token", 2.5, 2, 5},
		{"the size is the limit", 60, 10, 100},
		{"nothing", 0, 1000, 0},
		{"less than nothing, which is nothing", -1, 1000, 0},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			b := fill(100, row.gain)
			if got := drain(b); got != 100 {
				t.Fatalf("got %d tokens at the start, want 100", got)
			}
			for range row.successes {
				b.Credit()
			}
			if got := drain(b); got != row.takes {
				t.Errorf("got %d tokens, want %d", got, row.takes)
			}
		})
	}
}

func TestBucket_RefundsATokenAndNeverMoreThanItHolds(t *testing.T) {
	t.Parallel()
	b := fill(2, 0)
	b.Take()
	b.Refund()
	b.Refund()
	b.Credit()
	if got := b.Level(); got != 2 {
		t.Errorf("got level %v, want 2", got)
	}
	half := fill(0.5, 0)
	half.Refund()
	if got := half.Level(); got != 0.5 {
		t.Errorf("got level %v, want the size", got)
	}
}

func TestBucket_OfAnySizeDoesNotOverflow(t *testing.T) {
	t.Parallel()
	for _, size := range []float64{1e13, 1e300, math.Inf(1)} {
		b := fill(size, size)
		for range 3 {
			if !b.Take() {
				t.Errorf("size %v: got no token, want one", size)
			}
			b.Credit()
			b.Refund()
		}
		if got := b.Level(); got <= 0 || got > size {
			t.Errorf("size %v: got level %v, want one between", size, got)
		}
	}
}
