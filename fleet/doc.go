// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Package fleet shares circuits and cool-downs between processes that call the
// same hosts, through a Redis or Valkey server:
//
//	server := redis.NewClient(&redis.Options{
//		Addr: "redis.internal:6379", ContextTimeoutEnabled: true, MaxRetries: -1,
//	})
//	f, err := fleet.New(server, fleet.WithNamespace("checkout"))
//	...
//	defer f.Close()
//	client, err := transport.Wrap(http.DefaultClient, transport.WithFleet(f))
//
// Alone, each of two hundred instances has to see a host fail before it leaves it
// alone, and each of them probes it once a second. In a fleet a few see it for all,
// and one probes for all.
//
// A call never waits for any of this, and never sends anything to the server. What
// the layers tell goes into a bounded queue; what the fleet says is in their own
// memory when a call comes. A healthy call costs what it costs without a fleet.
//
// # What is shared, and what it means
//
// An instance reports a host when three attempts in a row have failed, when its own
// circuit has opened, and when the host has asked it to wait. A success takes the
// report back. When enough instances report the same host, the circuits of all are
// opened: at least two, and at least a fifth of those that have called it within
// 15 s ([WithQuorum]). A streak counts once it is a second old, because retries
// bridge what is shorter. So an instance with a bad network, or a bad key, cannot
// take a host from the others; and an instance that the host has answered just now
// believes the others at its first failure, and not before.
//
// When the wait of an open circuit is over, one instance gets a lease, and its next
// call is the probe. If it fails, all wait once more, and the others may ask for the
// lease first. If it succeeds, all may probe for two seconds, and when the circuit of
// one has closed, those of all do. An instance that holds the lease and has no result
// after 200 ms, because it has no calls or the host hangs, asks four others at random to
// probe, too; after a second it gives the lease back, and one that dies with it delays
// nobody for more than two.
//
// A cool-down, the time for which a server has asked to be left alone, needs the same
// quorum; the longest that was reported counts. One of a server that cannot serve (503
// with Retry-After) is a report of the host as well, as long as it lasts, so that
// circuits open and one instance probes, where each would by itself.
//
// Everything else stays with the instance: windows, budgets, limits, and circuits
// that were forced by hand. Of a circuit that the fleet holds, the snapshot says
// Fleet, and the status page "by the fleet".
//
// # When the server is gone
//
// Circuits that the fleet holds open go on alone after three rounds of
// [WithReconcileEvery], six seconds; all others notice nothing. One
// [observe.FleetLost] is emitted, which is a Warn in the log, and one
// [observe.FleetFound] when it is back. Then the instances report what is still so.
// A server that has forgotten everything, or a replica that lacks the last writes, is
// told again what it was heard to say, and opens or closes nothing by being empty.
//
// What a server lacks, and nobody has closed, is left to each instance's own probe:
// only a message that a host works closes circuits, and a list that lacks it closes none.
//
// Messages make the fleet fast; lists heal what they miss. Each instance asks for what
// is open every two seconds, and whenever it may have lost a message.
//
// # Clocks
//
// All times on the server are by its own clock, in the scripts; between it and the
// instances there are durations only. The clocks of the instances do not matter.
//
// # Bounds
//
//	keys that are open, and that cool down     10 000 each    WithMaxKeys
//	keys with something to tell                1024           WithQueue; that a host works, that a
//	                                                          lease is given back and what is told
//	                                                          again come on top, up to WithMaxKeys
//	a key                                      512 bytes      MaxKey
//	a message                                  4 KiB          MaxMessage
//	ops in a call of the server                64             MaxOps
//	keys looked at while calls may have to wait   64
//	how long a key stays open without a word   5 s to 60 s after its wait, 3 min in all
//	keys that an instance says it calls        512 each 5 s
//	goroutines                                 3, and those of the client
//
// A server that has so many open looks for what has expired ten times a second at
// most, at some 1000 of them.
// What is over a bound is dropped and counted in [Fleet.Snapshot], by reason, and so
// are messages that are too long, of another version or not understood.
//
// # What it costs
//
// An instance in a fleet where all is well sends one small script every two seconds,
// which is answered in one line, and one every five seconds with the keys that it
// calls. A thousand instances are 700 calls a second. While a host fails, each
// instance that calls it reports it four times a second at most until the circuits
// open, and after that the instances together send a handful for each probe, of which
// all hear two messages. The server keeps some 1000 bytes for a key in trouble, and 40
// for each instance that calls a key.
//
// # The server
//
// Redis 6.2 or later, or Valkey, alone, with sentinels or as a cluster: the client is
// yours, and so are its TLS and its user. It needs no disk and no replica. All keys,
// and the channel, begin with "{surefoot:NAMESPACE}:" ([WithPrefix]), so those of a
// namespace are in one slot, and a user of a shared server needs no more than this:
//
//	ACL SETUSER surefoot on >SECRET resetkeys resetchannels -@all \
//	  ~{surefoot:*}:* &{surefoot:*}:events \
//	  +eval +evalsha +publish +subscribe +unsubscribe +ping +hello \
//	  +time +get +set +del +pexpire +hget +hset +hdel +hlen +hgetall +hscan \
//	  +zadd +zcard +zremrangebyscore
//
// A cluster's client wants +cluster|slots +cluster|shards +command +readonly +asking
// too; one of sentinels that routes reads, +command +readonly. Replicas do not copy
// users, so each node has to be told. A client of sentinels asks these as another user,
// whose name and password are the client's SentinelUsername and SentinelPassword:
//
//	ACL SETUSER surefoot-watch on >SECRET resetchannels -@all \
//	  &+switch-master &+replica-reconf-done +subscribe +unsubscribe +ping +hello \
//	  +sentinel|get-master-addr-by-name +sentinel|sentinels +sentinel|replicas
//
// All keys and values expire by themselves. The names of keys hold those of hosts, with
// scheme and port, and nothing else of a request.
//
// When a server dies that has a replica, the fleet goes on with what that has, some
// three seconds after it has taken over. While a cluster moves the slot of a namespace
// to another node, it refuses the scripts; one that takes long over it is like a server
// that is gone. All scripts write, so a client that sends all to replicas (ReplicaOnly,
// or ReadOnly with a MasterName) has no server at all. One that routes reads sends them
// to the master and may listen to a replica, which does no harm.
//
// Instances trust each other: whoever may write to these keys can open the circuits
// of all, for three minutes at a time. Give the server a password.
//
// Set ContextTimeoutEnabled in the client. Without it a server that takes
// connections and says nothing is noticed only after the client's own timeouts, times
// its retries.
//
// # Tests
//
// Package fleettest has a server in memory, for programs and for simulations in fake
// time, and the suite that an [Engine] of your own has to pass.
package fleet
