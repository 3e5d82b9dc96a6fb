// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Package chaos pays a lot of payments over a network that breaks in every way
// it can, and then opens the books: how many payments were asked for, how many
// were applied, how many twice, and what each caller was told.
//
//	go run ./cmd/ledger                    # 20 000 POSTs with each client: LEDGER.md
//	go run ./cmd/ledger -calls 1000000     # the long run
//	go test ./...                          # a short one, and proof that the books can show a loss
//
// It is a module of its own, so that neither the proxy nor the other clients
// reach the go.mod of a user.
//
// # What is real
//
// Clients, servers and proxies are in one process and talk over TCP on the
// loopback interface. The proxies are those of toxiproxy. The server is a
// net/http server that applies whatever it is asked to, as often as it is
// asked; only an idempotency key keeps it from applying a payment twice. Each
// call is made once: the caller is a customer who clicks a button, and not a
// second retry loop.
//
// # What is counted
//
// "Twice" counts payments that the ledger holds more than once. "Lost" counts
// calls that were answered with a success that the ledger does not hold, or
// that is another payment's. "Unknown" counts calls whose caller was told
// neither yes nor no.
//
// # The perfect client
//
// With keys, a client may send a payment again until it is answered. The
// perfect one makes four attempts, with the waits of surefoot's defaults in
// between, the same key on each, and stops for nothing else. A call is
// completable if it would get a whole answer:
//
//   - Scripted faults hit the first one to three attempts of a call, counted
//     as the network sees them; the next goes through. Except for the hopeless
//     ones, of which every attempt is hit: no client can complete those.
//   - Slow work goes on until the payment is asked for again, which is told
//     409, and then ends; the third attempt gets its answer.
//   - Outages last less than the waits of four attempts, and no call ever
//     meets two: the next begins only after all calls that met the last are
//     over. Calls that met one that took too long, because the machine was
//     busy, are excused, as are those that were under way when the process
//     stood still. They are counted; on a quiet machine there are none.
//   - An answer whose body breaks after its status has arrived has been handed
//     to the caller already: nobody who implements [net/http.RoundTripper]
//     without keeping whole bodies can send again. These are counted as cut
//     short. The caller knows that the payment was made, and not its receipt.
//
// So completable = asked − hopeless − excused − cut short, and the claim is
// that all of those complete.
package chaos
