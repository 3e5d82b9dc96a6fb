// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package retry

import (
	"io"
	"net/http"
	"sync"
)

// A tee keeps what is read of a request body, up to a limit, so that another
// attempt can read it again. It reads nothing ahead: a byte is read from the
// source when an attempt asks for it.
//
// The hard part is an attempt that is given up while a goroutine of the
// transport is still inside its Read. The next attempt then waits for that
// Read, because its bytes are the next ones; nobody else does, so a source that
// stalls delays no Close. The source is called with no lock held.
type tee struct {
	limit int64

	mu       sync.Mutex
	idle     sync.Cond // told when reading turns false, or a replica ends
	src      io.ReadCloser
	kept     []byte
	spilled  bool     // the limit was passed and kept is gone
	reading  bool     // somebody is inside src.Read
	end      error    // what src ended with
	current  *replica // of the last attempt
	finished bool     // there will be no more attempts
	closed   bool     // src is closed
}

func newTee(src io.ReadCloser, limit int64) *tee {
	t := &tee{src: src, limit: limit}
	t.idle.L = &t.mu
	return t
}

// A replica is the body of one attempt. It reads what is kept, then the source.
type replica struct {
	tee    *tee
	off    int // in kept; guarded by tee.mu
	closed bool
}

// replayable reports whether another attempt could have the body from its
// beginning. It could not if the beginning is gone, or if the source broke:
// then another attempt would only break again.
func (t *tee) replayable() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.replayableLocked()
}

func (t *tee) replayableLocked() bool {
	// Only io.EOF itself is the end: an error that wraps it tells of a source
	// that was cut short.
	return !t.spilled && (t.end == nil || t.end == io.EOF) //nolint:errorlint // see above
}

// replica returns a body that starts at the beginning, if it is replayable. It
// cuts off the one before it, which breaks an attempt that is still sending:
// it must be called only when the outcome of that attempt is not wanted.
func (t *tee) replica() (*replica, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.replayableLocked() {
		return nil, false
	}
	t.current = &replica{tee: t}
	t.idle.Broadcast()
	return t.current, true
}

// Read reads from what is kept, or else from the source.
func (r *replica) Read(p []byte) (int, error) {
	t := r.tee
	t.mu.Lock()
	defer t.mu.Unlock()
	for {
		switch {
		case r.closed || r != t.current:
			return 0, http.ErrBodyReadAfterClose
		case r.off < len(t.kept):
			n := copy(p, t.kept[r.off:])
			r.off += n
			return n, nil
		case t.end != nil:
			return 0, t.end
		case !t.reading:
			return t.readLocked(r, p)
		}
		t.idle.Wait()
	}
}

// readLocked reads from the source with the lock released.
func (t *tee) readLocked(r *replica, p []byte) (n int, err error) {
	t.reading = true
	t.mu.Unlock()
	err = io.ErrUnexpectedEOF // what the source ends with if it panics
	defer func() {
		t.mu.Lock()
		t.reading = false
		t.end = err
		t.idle.Broadcast()
		t.keepLocked(r, p[:n])
	}()
	return t.src.Read(p) //nolint:wrapcheck // a reader hands on the reader's error
}

func (t *tee) keepLocked(r *replica, p []byte) {
	// Bytes that arrive for an attempt that was cut off belong to the next one,
	// whatever the limit: that is one read at the most.
	cutOff := r != t.current
	if t.spilled || (t.finished && !cutOff) {
		return
	}
	if !cutOff && int64(len(t.kept)+len(p)) > t.limit {
		t.spilled, t.kept = true, nil
		return
	}
	t.kept = append(t.kept, p...)
	r.off += len(p)
}

// Close ends this attempt's use of the body. The source stays open for the
// next attempt, unless there will be none.
func (r *replica) Close() error {
	return r.tee.release(func() { r.closed = true })
}

// finish says that there will be no more attempts. The source is closed now,
// or when the last attempt, which may be sending still, closes its body. Where
// that attempt has panicked nobody may ever do so, and it is closed now.
func (t *tee) finish(panicked bool) {
	_ = t.release(func() {
		t.finished = true
		t.current.closed = t.current.closed || panicked
	})
}

// release makes a change, and closes the source if nobody wants it after that.
func (t *tee) release(change func()) error {
	t.mu.Lock()
	change()
	last := t.finished && t.current.closed && !t.closed
	if last {
		t.closed, t.kept = true, nil
	}
	t.idle.Broadcast()
	t.mu.Unlock()
	if !last {
		return nil
	}
	return t.src.Close() //nolint:wrapcheck // a closer hands on the closer's error
}
