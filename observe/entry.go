// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package observe

// loggerName is what the entries of all adapters go by.
const loggerName = "surefoot"

// A grade is how much an entry matters, in the levels of any logger.
type grade uint8

const (
	debug grade = iota // to those who look for something
	info               // good news
	warn               // to those who are not looking for anything yet
)

// describe returns what an entry of an event says, and how much it matters. The
// text is empty where there is nothing to say.
func describe(e *Event) (text string, g grade) {
	switch e.Kind {
	case RetryScheduled:
		return "retry scheduled", debug
	case RetrySuppressed:
		return "retry suppressed", debug
	case CallFinished:
		if e.Attempt > 1 {
			return "call finished after retries", debug
		}
	case CircuitOpened:
		return "circuit opened", warn
	case CircuitHalfOpened:
		return "circuit half-opened", debug
	case CircuitClosed:
		return "circuit closed", warn
	case Rejected:
		return "attempt rejected", debug
	case Hedged:
		return "hedge sent", debug
	case HedgeSuppressed:
		return "hedge suppressed", debug
	case LimitChanged:
		return "limit changed", debug
	case CoolDownStarted:
		return "cool-down started", warn
	case FleetLost:
		return "fleet lost", warn
	case FleetFound:
		return "fleet found", info
	case BodyFailed:
		return "response body broke", debug
	case Misconfigured:
		return "misconfigured", warn
	case KindNone, AttemptFinished, KeyAssigned:
		// What matters of an attempt shows in what follows from it.
	}
	return "", debug
}
