// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package chaos

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/surefoot-go/surefoot/breaker"
	"github.com/surefoot-go/surefoot/chaos/internal/ledger"
	"github.com/surefoot-go/surefoot/chaos/internal/network"
	"github.com/surefoot-go/surefoot/chaos/internal/plan"
)

// An end is how a call ended for its caller.
type end uint8

const (
	notMade  end = iota
	answered     // a success, and its receipt whole
	cutShort     // a success, and its receipt broken
	rejected     // an open circuit
	unknown      // any other error
	status       // an answer that is no success
	belied       // a success that shows another payment
	excused  end = 1 << 7
)

// caller makes calls, one after the other, until all of its host are made.
func (r *run) caller(ctx context.Context, host int, next *atomic.Int64) {
	h := r.hosts[host]
	for {
		epoch, ok := h.gate.Enter(ctx)
		if !ok {
			return
		}
		call := r.deal(host, int(next.Add(1)-1))
		if call >= r.cfg.Calls {
			h.gate.Leave(epoch)
			return
		}
		began := time.Now()
		e := r.call(ctx, h, call)
		h.gate.Leave(epoch)
		if e != answered {
			r.mu.Lock()
			r.failed[call] = span{began, time.Now()}
			r.mu.Unlock()
			if h.gate.Excused(epoch) {
				e |= excused
			}
		}
		r.ends[call] = e
		r.done.Add(1)
		if e&^excused == rejected {
			pause(ctx, breaker.DefaultOpenFor)
		}
	}
}

// pause keeps a caller that was rejected from using up its calls against an
// open circuit, a hundred thousand a second: nobody does that who reads
// RetryAfter.
func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// call makes one call, once.
func (r *run) call(ctx context.Context, h *host, n int) end {
	ctx, cancel := context.WithTimeout(ctx, CallTimeout)
	defer cancel()
	req, err := r.request(ctx, h, n)
	if err != nil {
		return r.note(err.Error(), unknown)
	}
	resp, err := h.client.Do(req)
	if err != nil {
		if errors.Is(err, breaker.ErrOpen) {
			return rejected
		}
		var outer *url.Error
		if errors.As(err, &outer) {
			err = outer.Err
		}
		return r.note(err.Error(), unknown)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	switch {
	case resp.StatusCode != http.StatusOK && resp.StatusCode != http.StatusCreated:
		return r.note(resp.Status, status)
	case err != nil:
		return cutShort
	}
	var got ledger.Receipt
	if err := json.Unmarshal(body, &got); err != nil || got.ID == "" || got.Payment != payment(n) {
		return r.note("a receipt of another payment", belied)
	}
	return answered
}

// note keeps count of what callers were told, with all numbers alike.
func (r *run) note(text string, e end) end {
	text = numbers.ReplaceAllString(text, "N")
	for _, end := range []string{"malformed", "\n"} { // what follows is different each time
		if before, _, found := strings.Cut(text, end); found {
			text = before + strings.TrimSpace(end)
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.texts[text]++
	return e
}

var numbers = regexp.MustCompile(`\d{4,}`)

// paddingHeader makes headers larger than the 4096 bytes that net/http buffers. Its
// name sorts behind all others, and headers are written in order.
const paddingHeader = "X-Tracing-State"

// request makes the request of a call.
func (r *run) request(ctx context.Context, h *host, n int) (*http.Request, error) {
	p := payment(n)
	body := append(make([]byte, 0, 64), `{"reference":"`...)
	body = append(body, p.Reference...)
	body = append(body, `","amount":`...)
	body = append(strconv.AppendInt(body, p.Amount, 10), '}')
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, h.path.URL+ledger.Path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header["Content-Type"] = []string{"application/json"}
	req.Header[network.CallHeader] = []string{strconv.Itoa(n)}
	if r.cfg.Keys && !r.cfg.Client.Ours {
		req.Header["Idempotency-Key"] = []string{"key-of-" + p.Reference}
	}
	if padding := r.plan.Of(n).Padding; padding > 0 {
		if len(h.path.Toxics) > 0 {
			padding %= plan.Many // a slow way
		}
		req.Header[paddingHeader] = []string{strings.Repeat("0123456789abcdef", padding/16)}
	}
	return req, nil
}

// payment returns what a call is about.
func payment(n int) ledger.Payment {
	return ledger.Payment{Reference: referencePrefix + strconv.Itoa(n), Amount: int64(n%9_973) + 100}
}

const referencePrefix = "order-"

// number returns the call of a reference.
func number(reference string) (int, bool) {
	digits, ok := strings.CutPrefix(reference, referencePrefix)
	n, err := strconv.Atoi(digits)
	return n, ok && err == nil
}
