// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package fleetpage

const intro = "What many instances of one service do to a host that is down, each for itself and when they share what they know. " +
	"The real code runs, in every instance a stack and a fleet of its own; time, the network and the engine (a Redis or Valkey server in real life) are simulated. " +
	"This page and the charts beside it are written by one command:"

const barsText = "A bar counts as met when all of its limits are; those that are missed are in bold. " +
	"Attempts are compared seed by seed, and the median of the shares counts; of what is wrong, the worst seed counts. " +
	"In a hang nobody can know anything for the first second, in which no attempt has failed yet, so there is a second bar that begins a second later."

const modelText = "" +
	"- That of the [storms](STORMS.md): the same calls, the same server, the same faults, each a second longer with each seed. 240 calls a second in all, " +
	"so 12 of each of 20 instances, and 1.2 of each of 200. In *busy* it is 2400, 12 of each of 200.\n" +
	"- The engine is the one in memory of package `fleettest`, 1 ms there and back; every instance has a connection of its own.\n" +
	"- *rolling*: one instance after the other is ended and replaced by a new one with empty circuits, all of them once in the outage.\n" +
	"- *cut off*: for a few instances nobody listens where the host is; for the others it works.\n" +
	"- *engine-…*: the engine refuses all connections for a time."

const columnsText = "\"In it\" is in the period of the fault. All numbers are medians over the seeds, but for the worst recovery, what is wrong, and the success of others, which are of the worst seed.\n\n" +
	"| column | meaning |\n| --- | --- |\n" +
	"| success of others | of the calls that the fault could not befall: to other hosts, or from other instances |\n" +
	"| attempts | on the host that is down, in the period, by instances that the fault befalls |\n" +
	"| after 1 s, after 2 s | those after the first second, or two, of the period |\n" +
	"| of alone | the number before, in per cent of that of the same instances without a fleet |\n" +
	"| probes | those of the attempts that were let through by a circuit that was not closed |\n" +
	"| half know, all know | time from the beginning of the period until half, or all, of the instances that called the host had an open circuit |\n" +
	"| attempts of a new one | how many each instance made that was started in the period |\n" +
	"| recovery | whole seconds from the end of the period until calls succeed for good: from then on, calls that end well are 95 % of those that arrive, over any three seconds, and 90 % in each |\n" +
	"| worst | the longest recovery with any seed |\n" +
	"| wrong openings | circuits that opened of a host that worked for the instance, or more than 5 s after it worked again; of a blip, any that opened |\n" +
	"| wrong rejections | attempts that were rejected though the host worked for the instance, and always had |\n" +
	"| messages/s | what the instances ask the engine, and what it tells each of them, before the period and in it |"

const caveats = "" +
	"- A model, with the caveats of the storms. The engine in memory does what the scripts in Redis do, and both pass the same tests, but it takes no time of its own.\n" +
	"- The jitter of retries, leases and reconciliation cannot be seeded, so two runs differ a little.\n" +
	"- Instances that make a call a second need not know before they call. Where an instance has just seen the host work it waits for a failure of its own before it believes the fleet, so the last ones know late, and it costs an attempt of each."
