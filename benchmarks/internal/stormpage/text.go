// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package stormpage

const intro = "What many clients do to a server that is in trouble, and what that does to them. " +
	"Every library's real code runs; time and the network are simulated. This page and the charts beside it are written by one command:"

const barsText = "Surefoot runs its defaults, but where the row names an option. A bar counts as met when all of its limits are; those that are missed are in bold. " +
	"The rival beside it is the one that misses the fewest limits, by the least, and may be another one in each row."

const modelText = "" +
	"- Calls are GETs that arrive as a Poisson process whatever became of those before, at random at one of 20 clients (200 where it says so). " +
	"Each client has a stack of its own: its own circuits and budget.\n" +
	"- One server: a queue of 1000, first come first served, and 20 workers that take 50 ms on average, exponentially distributed: 400 a second. " +
	"What finds the queue full gets a 503 at once. 1 ms of network.\n" +
	"- An attempt ends after 1 s with the error of `ResponseHeaderTimeout`, and the server does its work all the same. A call has 10 s.\n" +
	"- 60 % load: 240 calls a second. The fault begins at second 15 and lasts 30 s, and one second longer with each seed, so that no period of a client meets its end by luck. " +
	"It goes on for 65 s afterwards.\n" +
	"- Arrivals, work and faults are drawn from the seed before the run: all contenders get the same. " +
	"The work is scaled so that its mean before, in and after the period is exact."

const columnsText = "\"In it\" is in the period of the fault or the overload: calls that began in it. Where there is none, it is from second 15 on. All numbers are medians over the seeds, but for the worst recovery.\n\n" +
	"| column | meaning |\n| --- | --- |\n" +
	"| success | calls that got a 200 within their 10 s |\n" +
	"| success on other hosts | of the calls to hosts that nothing befell |\n" +
	"| attempts ÷ calls | attempts sent in the period ÷ calls that began in it |\n" +
	"| attempts a call | attempts of the calls that began in the period, whenever they were sent, ÷ these calls |\n" +
	"| peak ÷ capacity | attempts in the worst second from the beginning of the period to the end of the run ÷ what the server can do in one |\n" +
	"| goodput | calls that succeeded, by when they ended in the period, % of the capacity |\n" +
	"| recovery | whole seconds from the end of the period until the clients are back for good: from then on, calls that end well are 95 % of those that arrive, over any three seconds, and 90 % in each |\n" +
	"| worst | the longest recovery with any seed |\n" +
	"| p50, p99, p99.9 | time of the calls in the period that succeeded |\n" +
	"| extra attempts | over one a call |\n" +
	"| wasted | of the attempts that the server worked on in the whole run, those that had been given up by the time they were done |\n" +
	"| rejected | calls in the period that ended without anything being sent |"

const fieldText = "The same numbers for all but surefoot: 4 attempts, 100 ms doubled to 10 s with jitter where there is any, " +
	"circuits that open at 50 % of at least 20 in 10 s, for 5 s, with 3 probes. What cannot be set is as it comes. " +
	"What a set-up below says of other numbers is how its documentation has it.\n\n" +
	"hedgedhttp is missing. It keeps goroutines and timers in pools of the whole program, so fake time stands still as soon as it runs; " +
	"one hedge after a fixed delay is what it would do, and that row is there."

const caveats = "" +
	"- A model. It has no connections to set up, no TLS, no garbage collection and no neighbours; what it has is queues, and those are what makes storms.\n" +
	"- The jitter of the libraries cannot be seeded, so two runs differ a little. Blips have some 120 calls with each seed: one that fails is 0.8 %.\n" +
	"- 503s of the faults cost the server nothing. Where each costs a worker's time, those who retry without a circuit do worse.\n" +
	"- A hang answers nothing at all: what the queue cannot take is lost in silence.\n" +
	"- Recovery counts from the end of the fault, not of the backlog: after a hang the server first does what has queued up, a thousand of them in 2.5 s."
