import { type CheckOptions, checkHistory } from './check_history.ts'
import type { HistoryEvent } from './history/events.ts'
import type { History } from './history/read_history.ts'
import type { Verdict } from './verdict.ts'

/** Judges many histories by the same options; those that are equal once. */
export interface Judge {
  /** @throws HistoryError where it can't be read */
  judge(history: History): Verdict
  /** How many different histories there were. */
  readonly histories: number
}

/** So many verdicts are kept; then it begins anew. */
const VERDICTS_MAX = 100_000

/**
 * A judge with a memory, for whoever runs a program under many schedules: most of them give the
 * same history. Histories are equal where they differ only in how processes are called, and in what
 * the judge does not look at, such as the time of an event.
 */
export function createJudge(options: CheckOptions): Judge {
  const verdicts = new Map<string, Verdict>()
  let histories = 0
  return {
    judge(history) {
      const events = [...(Symbol.iterator in history ? history : history.history)]
      const key = canonical(events)
      let verdict = verdicts.get(key)
      if (verdict === undefined) {
        verdict = checkHistory(events, options)
        if (verdicts.size === VERDICTS_MAX) verdicts.clear()
        verdicts.set(key, verdict)
        histories++
      }
      return verdict
    },
    get histories() {
      return histories
    },
  }
}

/** The same text for histories that are judged alike. */
function canonical(events: readonly HistoryEvent[]): string {
  const processes = new Map<unknown, number>()
  let text = ''
  for (const { type, process, f, value, start, commit } of events) {
    let number = processes.get(process)
    if (number === undefined) {
      number = processes.size
      processes.set(process, number)
    }
    text += `${type} ${number} ${f} ${JSON.stringify(value)} ${start ?? ''} ${commit ?? ''}\n`
  }
  return text
}
