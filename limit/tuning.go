// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package limit

import "time"

// The numbers of the adaptive limit, all in one place. They were chosen by
// reasoning and tuned by simulation: many clients and one server with a queue
// that has more work than it can do, which must be noticed; and servers whose
// answers become slower for other reasons, which must cost nobody a call.
const (
	// windowSize is how many answers a verdict takes at least. Under a limit it
	// takes as many as the limit allows at once, so that one verdict is about
	// one round; and without one, runShare of those under way.
	windowSize = 8
	runShare   = 0.5

	// alertAt is how many late answers in a row wake a key, to be counted.
	alertAt = 3

	// An answer is late if it took slowFactor times what is usual for its key,
	// and at least slowExcess longer: below that, nobody waits for it.
	slowFactor = 2
	slowExcess = 50 * time.Millisecond

	// usualFor is how far back answers count for what is usual, and
	// usualWindows how many windows it takes to know.
	usualFor     = 30 * time.Second
	usualWindows = 2

	// A queue fills over time. Where even the first late answers are leap times
	// too late, the work or the way has changed, and what came becomes usual
	// after jumpFor. So it does after a pause of staleAfter, since nothing is
	// known of the time between.
	leap       = 4
	jumpFor    = 5 * time.Second
	staleAfter = 10 * time.Second

	// A queue is seen in queueRun late answers in a row, the quickest of which
	// took no less than queueShape of their mean. Whether they became late all
	// of a sudden shows in the first leapRun of them.
	queueRun   = 10
	queueShape = 0.5
	leapRun    = 4

	// A limit begins with firstCut of the attempts that were under way. Each
	// window of late answers leaves nextCut of it, and one without a good
	// answer hardCut.
	firstCut = 0.7
	nextCut  = 0.8
	hardCut  = 0.5

	// A limit is on trial until answers get quicker under it: relief times as
	// quick as the slowest window. Until then it stays over trialFloor of what
	// was under way. It has failed when vainWindows in a row differ by less
	// than flat, for a queue would grow or shrink, and after trialFor.
	trialFloor  = 0.5
	relief      = 0.75
	flat        = 0.15
	vainWindows = 3
	trialFor    = 4 * time.Second

	// A limit that has helped is looked at each provenFor. It lets as many
	// attempts through as come back just in time when they are the quickest;
	// the mean takes about what is usual longer than that, and provenSpread
	// times as much at most. Where it takes more, it is not because of a queue.
	provenFor    = 8 * time.Second
	provenSpread = 1.5

	// throttledShare is the share of answers of 429 in a window that lowers
	// the limit, however quick they were.
	throttledShare = 0.25

	// A limit that is made use of grows by growth and growthShare of it for as
	// many good answers as it allows at once, or by idleShare where they took no
	// longer than is usual.
	growth      = 0.25
	growthShare = 0.03
	idleShare   = 0.25

	// backgroundShare is the part of an adaptive limit that background work
	// may fill.
	backgroundShare = 0.8

	// quietFor is how long nothing must happen before a key goes to sleep.
	quietFor = 10 * time.Second

	// minPatience is how long a waiter waits at least for a place under an
	// adaptive limit, if it may at all.
	minPatience = 100 * time.Millisecond

	// Of the attempts to keys that sleep, some are timed: all if they are
	// maxGap apart, and fewer the closer they come, down to one in
	// maxSampling.
	minGap      = 5 * time.Millisecond
	maxGap      = 20 * time.Millisecond
	maxSampling = 256
)
