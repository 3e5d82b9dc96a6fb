// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package servers

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"runtime"
	"strconv"
	"syscall"
	"time"
)

// freeAddress returns an address on which nothing listens, and on which nothing
// will while its server is down for a moment. On Linux it has an IP of its own,
// since all of 127.0.0.0/8 is this machine, and a port that is given to nobody
// who asks for any: those are from 32768 on.
func freeAddress(ctx context.Context) (string, error) {
	host, port := "127.0.0.1", "0"
	if runtime.GOOS == "linux" {
		host = fmt.Sprintf("127.%d.%d.%d", 1+rand.IntN(254), rand.IntN(255), 1+rand.IntN(254)) //nolint:gosec // no secret
		port = strconv.Itoa(20_000 + rand.IntN(10_000))                                        //nolint:gosec // no secret
	}
	// A process that is being started has a copy of this listener for a moment,
	// in which the address would not be free again. So none is started meanwhile.
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", net.JoinHostPort(host, port))
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// listen listens at an address, and has patience with one that is still in use
// for the reason above.
func listen(ctx context.Context, address string) (l net.Listener, err error) {
	late := await(ctx, address+" is free", func() bool {
		l, err = new(net.ListenConfig).Listen(ctx, "tcp", address)
		return err == nil || !errors.Is(err, syscall.EADDRINUSE)
	})
	if late != nil {
		return nil, late
	}
	return l, err
}

// patience is how long a server may take to start, drain or end.
const patience = 20 * time.Second

// await asks ready again and again until it says yes. What says what is awaited.
func await(ctx context.Context, what string, ready func() bool) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for !ready() {
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting until %s: %w", what, ctx.Err())
		case <-tick.C:
		}
	}
	return nil
}

// listening reports whether a server accepts connections at an address.
func listening(ctx context.Context, address string) bool {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return false
	}
	_ = conn.Close() // nothing was sent
	return true
}
