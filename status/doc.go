// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Package status is a page for people: what a [transport.Transport] is doing
// right now, for the debug server of a program, like net/http/pprof.
//
//	page := status.Handler(stack)
//	debug.Handle("/debug/surefoot", page)
//
// It shows, for each key, the state of its circuit and the time to the next
// probe, what succeeded, failed, was retried and was rejected over the last five
// minutes, the level of its budget, and its last errors; and as a live feed what
// the layers did: retries, retries that were not made and why, rejections,
// circuits that open and close. Keys in trouble come first. The page works
// without JavaScript, on a telephone, by keyboard and in a screen reader, and
// loads nothing from elsewhere.
//
// # Formats
//
// Everything is under the one path that the page is mounted on:
//
//	GET                the page
//	GET ?format=json   a [Report]
//	GET ?format=events the feed as server-sent events, see [Feed]
//	POST               a change by hand, only with [WithControls]
//
// The page and the report take the same filters: q is a text that the key has to
// contain, in any case; state is one of trouble, open, half-open, closed, forced
// and fleet, which is what a fleet holds open; page counts from 1, with [PageSize]
// keys each.
//
// # Who may see it
//
// The page does not ask who is there. Put it on a listener or behind a handler
// that does, as you would pprof: host names are on it. No header, body, query
// string or text of an error ever is. A key made by a function of yours is shown
// as you made it.
//
// # What it costs
//
// From the moment it is made until [Page.Close] the page listens to the stack,
// which therefore makes events and reads the clock for them, as for any observer:
// about half a microsecond for a call. The page's own part in a call that goes
// well is a look-up, a reading of the clock and an atomic addition; nothing is
// allocated. Counts are kept for at most [MaxKeys] keys, of about 700 bytes each,
// and 1.3 KiB more once a key was in trouble; when there are more, keys that are
// idle go first. The feed holds the last [FeedSize]
// events, and repeats within two seconds are one of them. At most [MaxStreams]
// clients follow the feed; one that does not read for 5 seconds is dropped. The
// page starts no goroutine.
package status
