// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package report

const intro = "Surefoot beside other ways to make an HTTP client resilient, all of them in the same run. " +
	"This page and the charts beside it are written by one command:"

const barsText = "Each number was measured as often as there are runs in the third column, and the median counts. " +
	"\"Hand-written\" is the leanest composition around a gobreaker `Execute` per call; see below. " +
	"Time is a ratio of what both add to the same base in the same round."

const fieldText = "Where a case needs it, everybody gets the same numbers: 4 attempts, 1 ns between them, circuits that open at " +
	"80 % failures of at least 20 and stay open for an hour. Where it does not, everybody is set up as documented. " +
	"Hedges are a second away, so none is ever sent."

const successText = "The base answers at once with a 200 and no body. The first row is what the base and the loop around it take, in brackets; " +
	"the second is the same base again and shows what the measurement itself is worth."

const bodyText = "The answer has 4 KiB, which the caller reads to the end."

const retryText = "The first attempt gets a 503, the second a 200. The base in the first row is called twice. " +
	"The wait of 1 ns is made with a timer or, where nothing can end it, a sleep: several hundred nanoseconds of the scheduler's time, see the ingredients."

const rejectedText = "The circuit is open. The base in the first row is an error that is returned at once."

const allocsText = "Exact counts, with the collector off, on one goroutine. Those of the base are subtracted."

const featuresText = "The default stack is the first row; each further one has one thing more. Body failures are tracked by default: on a host without " +
	"trouble the body of every sixteenth answer is watched, and on one with a failure in its window that of every answer."

const ingredientsText = "What wrappers are made of: the floor under each of them. The time of an empty loop is subtracted."

const loopbackText = "A server in the same process, without TLS. For the latency a contender and the transport beneath it take turns, call by call, on one connection. " +
	"For the throughput each has a transport of its own, 8 goroutines, and its slice of every round; above 1 is better. " +
	"Request bodies come from `http.NewRequest`, so they have a GetBody."

const connectionsText = "2000 calls on 8 goroutines to a server that answers one in five with a 503, 10 ms between attempts for everybody. " +
	"All answers were read and closed, and idle connections closed, before the ones left open were counted. Without a layer, a fifth of the calls fails."

const memoryText = "The upload comes from no memory, is refused when it has been read, and is sent again; the third column is what is in use " +
	"when the last byte has arrived for the second time. Of calls that wait, heap and stacks count; the first row waits in the base, which is what a " +
	"blocked call costs in any case."

const caveats = "" +
	"- A shared machine with few cores: absolute times are worth little, ratios within a round are. Medians leave outliers out.\n" +
	"- Every contender has a turn of a few milliseconds in each round, in an order that changes. The collector runs before each turn and is charged to nobody, " +
	"so those that allocate are charged the allocating and not the collecting. That is in their favour.\n" +
	"- The base takes some 20 ns and allocates nothing, so differences show that no network would let show; over sockets they all but vanish.\n" +
	"- After every slice the attempts that have reached the base are counted; a contender that skips the work ends the run.\n" +
	"- `hand-written` keeps a breaker per host for ever, knows nothing of Retry-After, methods, budgets or bodies that break, and reads discarded bodies in the " +
	"foreground. It is the price of the ingredients, not of the same job.\n" +
	"- go-retryablehttp's RoundTripper has a whole `http.Client` inside, which is part of what it costs.\n" +
	"- Two goroutines on two cores that others use as well contend less than they would on a quiet machine."
