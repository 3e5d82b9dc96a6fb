// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package servers

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
)

// Programs that can be a proxy.
const (
	nginx   = "nginx"
	haproxy = "haproxy"
)

// A proxy is one nginx or haproxy at an address of its own. Its methods must not
// be called concurrently.
type proxy struct {
	program string
	path    string
	dir     string
	address string
	http2   bool
	trust   *x509.CertPool // nil without HTTP/2

	current *process
	older   []*process // that drain, or have ended
}

// A config writes the configuration of a proxy in front of an upstream.
type config func(p *proxy, upstream string) string

// newProxy prepares a proxy, without starting it.
func newProxy(ctx context.Context, program, dir string, http2 bool) (*proxy, error) {
	p := &proxy{program: program, dir: dir, http2: http2}
	var err error
	if p.path, err = Find(program); err != nil {
		return nil, err
	}
	if p.address, err = freeAddress(ctx); err != nil {
		return nil, err
	}
	if http2 {
		p.trust, err = writeCertificate(dir, p.address)
	}
	return p, err
}

// configure writes the file that every later start reads.
func (p *proxy) configure(c config, upstream string) error {
	return os.WriteFile(p.file(p.program+".conf"), []byte(c(p, upstream)), 0o600)
}

func (p *proxy) file(name string) string { return filepath.Join(p.dir, name) }

// url returns the base URL of the proxy, without a slash at its end.
func (p *proxy) url() string {
	if p.http2 {
		return "https://" + p.address
	}
	return "http://" + p.address
}

// start starts the program and waits until it listens. Args go before its own.
func (p *proxy) start(ctx context.Context, args ...string) error {
	conf := p.file(p.program + ".conf")
	if p.program == nginx {
		args = append(args, "-p", p.dir, "-e", "stderr", "-c", conf)
	} else {
		args = append([]string{"-db", "-f", conf}, args...)
	}
	next, err := spawn(ctx, p.file("log"), p.path, args...)
	if err != nil {
		return err
	}
	if p.current != nil {
		p.older = append(p.older, p.current)
	}
	p.current = next
	err = await(ctx, p.program+" listens", func() bool {
		return next.over() || listening(ctx, p.address)
	})
	if err == nil && next.over() {
		err = errors.New("it ended at once")
	}
	if err != nil {
		return fmt.Errorf("start %s: %w\n%s", p.program, err, p.log())
	}
	return nil
}

// crash ends the program and its workers as a power cut does, and returns when
// nobody listens any more.
func (p *proxy) crash(ctx context.Context) error {
	p.current.kill()
	return p.awaitSilence(ctx)
}

// drain asks the program to end when it has answered what it was asked, and
// returns when it does not listen any more.
func (p *proxy) drain(ctx context.Context) error {
	s := sigQuit
	if p.program == haproxy {
		s = sigDrain
	}
	if err := p.current.signal(s); err != nil {
		return err
	}
	return p.awaitSilence(ctx)
}

func (p *proxy) awaitSilence(ctx context.Context) error {
	return await(ctx, p.program+" stops to listen", func() bool { return !listening(ctx, p.address) })
}

// replace lets new workers take over from old ones, which drain: a reload. The
// port is open all the time.
func (p *proxy) replace(ctx context.Context) error {
	if p.program == nginx {
		return p.current.signal(sigReload)
	}
	return p.start(ctx, "-sf", strconv.Itoa(p.current.cmd.Process.Pid)) // what haproxy's own reload does
}

// endOld ends those that drain still: they may wait for their clients, which
// wait for them.
func (p *proxy) endOld() {
	for _, old := range p.older {
		old.kill()
	}
	p.older = nil
}

// close ends everything.
func (p *proxy) close() {
	p.endOld()
	if p.current != nil {
		p.current.kill()
	}
}

// log returns what the program said.
func (p *proxy) log() string {
	data, err := os.ReadFile(p.file("log"))
	if err != nil {
		return err.Error()
	}
	return string(data)
}
