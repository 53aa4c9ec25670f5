import { checkDocuments, type DocumentHistory, type Level, type Verdict } from '../check/index.ts'
import { buildHistory, type HistoryUnit, type StatementNumbers } from './history/build.ts'
import { historyKey } from './history/key.ts'
import type { HistoryRecorder } from './history/recorder.ts'

/** Levels that promise something about the order of real time. */
const OF_REAL_TIME: ReadonlySet<Level> = new Set<Level>([
  'strong-snapshot-isolation',
  'strict-serializable',
])

/** Whether it matters to a level which transaction had ended when another began. */
export function asksForRealTime(level: Level | undefined): boolean {
  return level !== undefined && OF_REAL_TIME.has(level)
}

/** Judges what was recorded of each schedule; equal histories once. */
export class HistoryJudge {
  readonly #recorder: HistoryRecorder
  readonly #level: Level
  readonly #unit: HistoryUnit
  readonly #actors: number
  readonly #known = new Map<string, boolean>()

  constructor(
    recorder: HistoryRecorder,
    options: { readonly level: Level; readonly unit: HistoryUnit; readonly actors: number },
  ) {
    this.#recorder = recorder
    this.#level = options.level
    this.#unit = options.unit
    this.#actors = options.actors
  }

  /** How many different histories there were. */
  get histories(): number {
    return this.#known.size
  }

  /** Whether the level holds in the schedule that was recorded last. */
  holds(): boolean {
    const key = historyKey(this.#recorder, this.#actors, asksForRealTime(this.#level))
    let holds = this.#known.get(key)
    if (holds === undefined) {
      holds = this.verdict().ok
      this.#known.set(key, holds)
    }
    return holds
  }

  /** All there is to say of the schedule that was recorded last. */
  verdict(): Verdict {
    const history = buildHistory(this.#recorder, this.#unit)
    return checkDocuments(history, { level: this.#level, realtime: asksForRealTime(this.#level) })
  }

  /** @param statements numbers of statements by their commands, where they were taken down */
  history(statements?: StatementNumbers): DocumentHistory {
    return buildHistory(this.#recorder, this.#unit, statements)
  }
}
