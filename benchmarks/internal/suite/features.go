// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package suite

import (
	"io"
	"net/http"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/surefoot-go/surefoot/benchmarks/internal/workload"
	"github.com/surefoot-go/surefoot/benchmarks/rivals"
	"github.com/surefoot-go/surefoot/breaker"
	"github.com/surefoot-go/surefoot/observe"
	"github.com/surefoot-go/surefoot/retry"
	"github.com/surefoot-go/surefoot/transport"
	"github.com/surefoot-go/surefoot/trip"
)

// long is a limit that is never reached.
const long = time.Minute

// with is the default stack with something added.
func with(name string, opts ...transport.Option) rivals.Rival {
	return rivals.SurefootWith("+ "+name, opts...)
}

// pass is middleware that does nothing.
func pass(next http.RoundTripper) http.RoundTripper { return trip.Func(next.RoundTrip) }

// logger writes JSON to nowhere.
func logger(level zapcore.Level) *zap.Logger {
	return zap.New(zapcore.NewCore(
		zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig()), zapcore.AddSync(io.Discard), level))
}

// features are the options that cost something when they are used.
func features() []rivals.Rival {
	silent := observe.Func(func(observe.Event) {})
	return []rivals.Rival{
		with("attempt timeout", transport.WithAttemptTimeout(long)),
		with("total timeout", transport.WithTotalTimeout(long)),
		with("both timeouts", transport.WithAttemptTimeout(long), transport.WithTotalTimeout(long)),
		with("an observer that does nothing", transport.WithObserver(silent)),
		with("two observers that do nothing", transport.WithObserver(silent), transport.WithObserver(silent)),
		with("zap at Info", transport.WithLogger(logger(zapcore.InfoLevel))),
		with("zap at Debug", transport.WithLogger(logger(zapcore.DebugLevel))),
		with("a nop zap logger", transport.WithLogger(zap.NewNop())),
		with("idempotency keys", transport.WithIdempotencyKeys()),
		with("per-attempt middleware that does nothing", transport.WithPerAttempt(pass)),
		with("slow calls as failures", transport.WithBreaker(breaker.WithSlowCall(long))),
		with("a body buffer of 64 KiB", transport.WithRetry(retry.WithBodyBuffer(64<<10))),
		with("proof of what was not sent", transport.WithRetry(retry.WithConnTrace())),
		with("a key of the caller's", transport.WithKey(func(req *http.Request) string { return req.URL.Host })),
	}
}

// FeatureCases returns the cases of [Features].
func FeatureCases() []workload.Case {
	return []workload.Case{
		{Kind: workload.Get, Hosts: 1, Workers: 1},
		{Kind: workload.Post, Hosts: 1, Workers: 1},
		{Kind: workload.Get, Hosts: 1, Workers: 1, Outcome: workload.OneRetry},
		{Kind: workload.Get, Hosts: 1, Workers: 1, Outcome: workload.BodyRead},
		{Kind: workload.Get, Hosts: 1, Workers: 1, Outcome: workload.BodyRead, Troubled: true},
	}
}

// FeatureCase is the name under which the numbers of a case of [Features] are
// noted.
func FeatureCase(c workload.Case) string { return "features: " + c.String() }

// Features tells what the features add that cost something when they are used.
// Body failures are tracked by default; the two cases in which bodies are read
// tell what that costs on a host without and with a failure in its past.
func Features(cfg Config, book *Book) error {
	for _, c := range FeatureCases()[:cfg.scale(len(FeatureCases()), 1)] {
		cfg.logf("features: %s", c)
		list := append([]rivals.Rival{rivals.Surefoot()}, features()...)
		list = append(list, with("no breaker, so no body is watched", transport.WithoutBreaker()))
		own := NewBook()
		if err := compare(cfg, own, c, field(c, list), Surefoot); err != nil {
			return err
		}
		for _, name := range own.Contenders(c.String()) {
			for _, metric := range []string{NS, AddedNS, RatioDefault, AllocsAdded, BytesAdded} {
				for _, v := range own.Passes(Key{Case: c.String(), Contender: name, Metric: metric}) {
					book.Add(Key{Case: FeatureCase(c), Contender: name, Metric: metric}, v)
				}
			}
		}
	}
	return nil
}
