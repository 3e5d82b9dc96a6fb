// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package retry

import (
	"context"
	"fmt"
	"net/http"
	"strconv"

	"github.com/surefoot-go/surefoot/internal/wish"
)

type attemptKey struct{}

// Idempotent returns a context for a call that may be repeated although its
// method does not say so: a POST that only searches, say. It must be certain
// that the server does the work once, or that to do it twice does no harm. Of
// Idempotent and [Never] the one that was called last counts. A request of its
// own that middleware makes with this context, such as one for a new token,
// is marked as well.
func Idempotent(ctx context.Context) context.Context {
	return wish.With(ctx, wish.Idempotent)
}

// Never returns a context for a call that must be sent once, whatever happens.
// Package hedge heeds it too.
func Never(ctx context.Context) context.Context {
	return wish.With(ctx, wish.Never)
}

// Attempt returns the number of the attempt that a request belongs to, for
// middleware beneath the retry layer: 1 for the first, and for a context that
// has passed no retry layer.
func Attempt(ctx context.Context) int {
	if a := attemptOf(ctx); a != nil {
		return a.number
	}
	return 1
}

// FreshConn reports whether a request asks for a connection that no request
// was sent on before: it is sent again after 421 Misdirected Request (RFC 9110
// §15.5.20). Its Close field is set as well, so a base needs to look only
// then.
func FreshConn(ctx context.Context) bool {
	a := attemptOf(ctx)
	return a != nil && a.fresh
}

// A resend is one attempt after the first: its request and the context that
// tells its number, in one piece of memory.
type resend struct {
	context.Context //nolint:containedctx // it is a context
	number          int
	fresh           bool
	call            *http.Request // the caller's
	req             http.Request
}

func attemptOf(ctx context.Context) *resend {
	a, _ := ctx.Value(attemptKey{}).(*resend)
	return a
}

// Value makes the resend findable; all else is the caller's.
func (a *resend) Value(key any) any {
	if key == (attemptKey{}) {
		return a
	}
	return a.Context.Value(key)
}

// String describes the context as those of the standard library do. Without
// it, to print one would print the request, secrets and all.
func (a *resend) String() string {
	name := fmt.Sprintf("%T", a.Context)
	if s, ok := a.Context.(fmt.Stringer); ok {
		name = s.String()
	}
	return name + ".WithAttempt(" + strconv.Itoa(a.number) + ")"
}

// newResend copies req for another attempt. The header map and the URL are
// shared with the caller's request, as they are with every RoundTripper:
// nobody may write to them.
func newResend(req *http.Request, number int, fresh bool) *resend {
	a := &resend{Context: req.Context(), number: number, fresh: fresh, call: req}
	a.req = *req.WithContext(a) //nolint:contextcheck // a is what it inherits from
	if fresh {
		a.req.Close = true
	}
	return a
}

// nested reports whether req is already being retried by a retry layer further
// out, which has sent this very request again: then this layer must not
// multiply the attempts. A request of its own that uses the same context, such
// as one for a new token, is another matter.
func nested(req *http.Request) bool {
	outer := attemptOf(req.Context())
	if outer == nil || outer.call.Method != req.Method {
		return false
	}
	if outer.call.URL == req.URL {
		return true
	}
	return outer.call.URL != nil && req.URL != nil && outer.call.URL.String() == req.URL.String()
}
