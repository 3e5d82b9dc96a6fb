// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package chaos

import (
	"errors"
	"fmt"
	"time"

	"github.com/surefoot-go/surefoot/chaos/internal/plan"
)

const (
	// AttemptTimeout is how long each client waits for the headers of an
	// answer: longer than a busy machine stands still.
	AttemptTimeout = 3 * time.Second
	// CallTimeout is the deadline of a call.
	CallTimeout = 60 * time.Second
	// Callers is how many share one host by default, each of which makes one
	// call after the other. The default budget of a host has ten tokens.
	Callers = 8
)

// A Config says what to run. The zero value is not usable; begin with
// [Default].
type Config struct {
	// Client makes the calls.
	Client Client
	// Keys says that every POST carries an idempotency key.
	Keys bool
	// Calls is how many there are.
	Calls int
	// Seed fixes what befalls each call.
	Seed uint64
	// Mix is how often what befalls them.
	Mix plan.Mix
	// Callers is how many share one host. All of them together must not keep
	// the machine so busy that healthy calls meet [AttemptTimeout].
	Callers int
	// Between is how many calls lie between two outages of a host.
	Between int
	// Progress is told how many calls are over, from time to time, on a
	// goroutine of its own. Nil is fine.
	Progress func(Progress)
}

// Progress is how far a run is.
type Progress struct {
	Done, Calls int
	// Twice is how many payments were applied more than once so far.
	Twice int
	Took  time.Duration
}

// Default returns the usual run of a client.
func Default(c Client, keys bool) Config {
	return Config{Client: c, Keys: keys, Calls: 20_000, Seed: 1, Mix: plan.DefaultMix(), Callers: Callers, Between: 150}
}

func (c Config) validate() error {
	var errs []error
	if c.Client.build == nil {
		errs = append(errs, errors.New("chaos: no client"))
	}
	if c.Calls < 1 || c.Calls > 50_000_000 {
		errs = append(errs, fmt.Errorf("chaos: %d calls: want 1 to 50 million", c.Calls))
	}
	if c.Callers < 1 || c.Between < c.Callers {
		errs = append(errs, fmt.Errorf("chaos: %d calls between outages, %d callers: want at least as many, and one", c.Between, c.Callers))
	}
	return errors.Join(errs...)
}
