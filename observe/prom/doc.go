// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Package surefootprom tells Prometheus what surefoot does. Its name is not that
// of its directory, because prom is what many programs call the client library,
// or a package of their own around it.
//
//	collector, err := surefootprom.New(stack) // a *transport.Transport
//	...
//	prometheus.MustRegister(collector)
//
// # Metrics
//
// Counters and histograms are fed by events, as they happen:
//
//	surefoot_calls_total                counter    by attempts, class, outcome
//	surefoot_call_duration_seconds      histogram  to the headers, attempts and waits included
//	surefoot_attempts_total             counter    by class, outcome
//	surefoot_attempt_duration_seconds   histogram  to the headers
//	surefoot_retries_total              counter    by reason, the outcome of the attempt before
//	surefoot_retry_wait_seconds         histogram
//	surefoot_retries_suppressed_total   counter    by reason
//	surefoot_rejections_total           counter    by reason
//	surefoot_circuit_transitions_total  counter    by to, the new state
//	surefoot_hedges_total               counter
//	surefoot_hedges_suppressed_total    counter    by reason
//	surefoot_cool_downs_total           counter
//	surefoot_body_failures_total        counter
//
// The rest is read from [transport.Transport.Snapshot] when Prometheus asks:
//
//	surefoot_circuit_state              gauge      by state: 1 for the one it is in, else 0
//	surefoot_circuit_forced             gauge      1 if kept open or closed by hand
//	surefoot_budget_tokens              gauge      of keys that ever wanted a retry
//	surefoot_budget_size                gauge      of these, too
//	surefoot_hedges_won_total           counter
//	surefoot_limit                      gauge      of keys that have a limit now
//	surefoot_in_flight                  gauge      of keys that a limiter watches
//	surefoot_waiting                    gauge      of these, too
//	surefoot_cool_down_seconds          gauge      what is left of it
//
// What a layer has to tell is there only where that layer is. Calls and attempts
// are told by the retry layer, or by the Transport where it has none; a Transport
// around another that retries tells what that one does. Broken bodies are those that
// the breaker watches: all of a key that had a failure lately, few of another's. Retries are counted when they are scheduled, and
// one that did not come about is also counted as suppressed. An attempt that was
// rejected is in surefoot_rejections_total and not among the attempts, since
// nothing was sent, and a call that ends with a rejection has no duration. A
// hedge is no attempt of its own here: it is beside one.
//
// # Labels
//
// All metrics have client, the name of the Collector ([WithName]), and key, what
// circuits and budgets are kept per. The other labels say:
//
//	class     success, retryable, terminal, or unknown, for what was canceled or rejected
//	outcome   1xx to 5xx, or the kind of an error as package classify names it:
//	          timeout, refused, reset, dns, certificate, canceled, rejected, …
//	attempts  1, 2, 3, 4 or 5+
//	reason    open, limit, cool_down, budget, max_attempts, …, as package observe
//	          names it; of a retry, an outcome
//	to, state closed, half_open, open
//
// A value that this package does not know is "other". No label holds the text of
// an error, a path, a query or a header, unless a key function of yours made a
// key of it.
//
// # Bounds
//
// The first 1000 keys keep their names ([WithMaxKeys]); later ones share the key
// "other", and their gauges are sums: the tokens of all, the circuits in each
// state. Only surefoot_cool_down_seconds is the longest of all, and
// surefoot_hedges_won_total leaves them out. Keys also share a name if they
// differ only in bytes that are not UTF-8.
//
// A key without trouble has some 40 series with classic buckets, and one with
// trouble some 100. Histograms have native buckets as well, 100 at most, for
// servers that ask for them; [WithBuckets] changes the classic ones or leaves
// them out.
//
// # What it costs
//
// The two events of a call that goes well cost two look-ups in a map, two
// counters and two histograms, and nothing is allocated. A scrape takes the
// snapshot, which blocks no call.
//
// # Dashboard and alerts
//
// The directory dashboards has a dashboard for Grafana, and alert rules with
// their tests.
package surefootprom
