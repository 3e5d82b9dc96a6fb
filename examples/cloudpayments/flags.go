// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/surefoot-go/surefoot/trip"
)

// A config is what the flags say.
type config struct {
	count, workers int
	rate           float64
	seed           uint64
	mix            mix
	url            string
	json           bool
	listen         string // where the status page is served; "" for nowhere
	serve          bool
	// sabotage wraps the client's stack in tests, which see by it that the
	// checks can fail.
	sabotage trip.Middleware
}

func parseFlags(args []string, stderr io.Writer) (config, error) {
	var cfg config
	var faults string
	fs := flag.NewFlagSet("cloudpayments", flag.ContinueOnError)
	fs.SetOutput(stderr)
	fs.IntVar(&cfg.count, "count", 4000, "how many `calls` to make")
	fs.IntVar(&cfg.workers, "concurrency", 64, "how many `workers` make calls, one at a time each")
	fs.Float64Var(&cfg.rate, "rate", 1500, "how many `calls` to begin in a second; 0 for as many as possible")
	fs.Uint64Var(&cfg.seed, "seed", 1, "the `number` that calls and faults are made up from")
	fs.StringVar(&faults, "faults", defaultMix, "the `mix` of faults, in percent of the requests, and the length of the outage; or none")
	fs.StringVar(&cfg.url, "url", "", "the `address` of another server to call, in place of the embedded one")
	fs.BoolVar(&cfg.json, "json", false, "print one JSON object in place of the report")
	fs.StringVar(&cfg.listen, "listen", "", "the `address` to serve the status page on, such as "+defaultListen)
	fs.BoolVar(&cfg.serve, "serve", false, "make calls to failing hosts until an interrupt, to watch on the status page")
	if err := fs.Parse(args); err != nil {
		return cfg, err //nolint:wrapcheck // package flag has told the user
	}
	err := cfg.check(fs.Args())
	if err == nil {
		cfg.mix, err = parseMix(faults)
	}
	if err != nil {
		_, _ = fmt.Fprintln(stderr, "cloudpayments:", err)
	}
	return cfg, err
}

// defaultListen is where -serve serves.
const defaultListen = "127.0.0.1:8080"

func (cfg *config) check(rest []string) error {
	switch {
	case len(rest) > 0:
		return fmt.Errorf("unexpected argument %q", rest[0])
	case cfg.count < 1:
		return errors.New("-count must be at least 1")
	case cfg.workers < 1:
		return errors.New("-concurrency must be at least 1")
	case !(cfg.rate >= 0):
		return errors.New("-rate must not be negative")
	}
	if cfg.serve {
		if cfg.url != "" || cfg.json {
			return errors.New("-serve makes no report and has a service of its own: leave -url and -json out")
		}
		cfg.listen = cmp.Or(cfg.listen, defaultListen)
	}
	if cfg.url == "" {
		return nil
	}
	u, err := url.Parse(cfg.url)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return fmt.Errorf("-url %q: want an address such as http://host:port", cfg.url)
	}
	cfg.url = strings.TrimSuffix(cfg.url, "/")
	return nil
}
