// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package suite

import (
	"errors"
	"net/http"
	"time"

	"github.com/sony/gobreaker/v2"

	"github.com/surefoot-go/surefoot/benchmarks/rivals"
	"github.com/surefoot-go/surefoot/idempotency"
	"github.com/surefoot-go/surefoot/timeout"
	"github.com/surefoot-go/surefoot/transport"
	"github.com/surefoot-go/surefoot/trip"
)

// Layers returns each layer of surefoot alone, and before them one Execute of
// gobreaker alone.
func Layers() []rivals.Rival {
	alone := func(name string, retries, breaks bool, opts ...transport.Option) rivals.Rival {
		r := rivals.SurefootWith("surefoot: "+name, opts...)
		r.Retries, r.Breaks = retries, breaks
		return r
	}
	return []rivals.Rival{
		executeAlone(),
		alone("no layer", false, false, transport.WithoutRetry(), transport.WithoutBreaker()),
		alone("retry alone", true, false, transport.WithoutBreaker()),
		breakerAlone(),
		layerAlone("attempt timeout alone", func() (trip.Middleware, error) {
			t, err := timeout.New(long)
			if err != nil {
				return nil, err
			}
			return t.Wrap, nil
		}),
		layerAlone("idempotency alone", func() (trip.Middleware, error) {
			k, err := idempotency.New()
			if err != nil {
				return nil, err
			}
			return k.Wrap, nil
		}),
	}
}

// executeAlone is no layer of surefoot but its measure: one gobreaker breaker
// for everything, one Execute a call, and nothing else.
func executeAlone() rivals.Rival {
	build := func(base http.RoundTripper, openFor time.Duration) http.RoundTripper {
		b := gobreaker.NewCircuitBreaker[*http.Response](gobreaker.Settings{Interval: 10 * time.Second, Timeout: openFor})
		return trip.Func(func(req *http.Request) (*http.Response, error) {
			return b.Execute(func() (*http.Response, error) {
				resp, err := base.RoundTrip(req)
				if err == nil && resp.StatusCode >= http.StatusInternalServerError {
					err = errServer
				}
				return resp, err
			})
		})
	}
	return rivals.Rival{
		Name: OneExecute, Breaks: true,
		Documented: func(base http.RoundTripper) (http.RoundTripper, error) { return build(base, 0), nil },
		Tuned: func(base http.RoundTripper, t rivals.Tuning) (http.RoundTripper, error) {
			return build(base, t.OpenFor), nil
		},
	}
}

var errServer = errors.New("server error")

// breakerAlone needs its own set-up because the options that tune the retry
// layer would bring that back.
func breakerAlone() rivals.Rival {
	r := rivals.SurefootWith("surefoot: breaker alone", transport.WithoutRetry())
	r.Retries = false
	return r
}

func layerAlone(name string, wrap func() (trip.Middleware, error)) rivals.Rival {
	build := func(base http.RoundTripper) (http.RoundTripper, error) {
		m, err := wrap()
		if err != nil {
			return nil, err
		}
		return m(base), nil
	}
	return rivals.Rival{
		Name: "surefoot: " + name, Documented: build,
		Tuned: func(base http.RoundTripper, _ rivals.Tuning) (http.RoundTripper, error) { return build(base) },
	}
}
