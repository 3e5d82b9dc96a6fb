// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package observe

// loggerName is what the entries of all adapters go by.
const loggerName = "surefoot"

// describe returns what an entry of an event says, and whether it is for people
// who are not looking for anything yet. The text is empty where there is
// nothing to say.
func describe(e *Event) (text string, warn bool) {
	switch e.Kind {
	case RetryScheduled:
		return "retry scheduled", false
	case RetrySuppressed:
		return "retry suppressed", false
	case CallFinished:
		if e.Attempt > 1 {
			return "call finished after retries", false
		}
	case CircuitOpened:
		return "circuit opened", true
	case CircuitHalfOpened:
		return "circuit half-opened", false
	case CircuitClosed:
		return "circuit closed", true
	case Rejected:
		return "attempt rejected", false
	case Hedged:
		return "hedge sent", false
	case HedgeSuppressed:
		return "hedge suppressed", false
	case LimitChanged:
		return "limit changed", false
	case CoolDownStarted:
		return "cool-down started", true
	case BodyFailed:
		return "response body broke", false
	case Misconfigured:
		return "misconfigured", true
	case KindNone, AttemptFinished, KeyAssigned:
		// What matters of an attempt shows in what follows from it.
	}
	return "", false
}
