import { checkDocuments, type Verdict } from '../../src/check/index.ts'
import { buildHistory } from '../../src/explore/history/build.ts'
import { HistoryRecorder } from '../../src/explore/history/recorder.ts'
import { ActorRun } from '../../src/explore/play/actor_run.ts'
import { Observers } from '../../src/explore/play/observers.ts'
import type { Bench } from '../server/harness.ts'
import type { Onlooker } from '../server/schedule.ts'

/** Records what transactions (actors named `t...`) do in a schedule, and judges it at the end. */
export class JudgingOnlooker implements Onlooker {
  readonly #recorder = new HistoryRecorder()
  readonly #actors = new Map<string, ActorRun>()

  constructor({ engine }: Bench) {
    const observers = new Observers()
    observers.history = this.#recorder
    observers.attach(engine.services)
    this.#recorder.begin()
  }

  actor(name: string): void {
    this.#recorder.actor = name.startsWith('t') ? this.#runOf(name) : undefined
  }

  remarks(): readonly string[] {
    this.#recorder.finish()
    const history = buildHistory(this.#recorder, 'transaction')
    const names = history.transactions.map(({ name }) => name)
    const verdict = checkDocuments(history, { level: 'snapshot-isolation', realtime: false })
    return [`judge: ${levelOf(verdict)}`, ...verdict.anomalies.map(anomalyLine)]

    function anomalyLine({ type, cycle }: Verdict['anomalies'][number]): string {
      const edges = cycle.map(({ from, to, kind }) => `${names[from]} -${kind}-> ${names[to]}`)
      return `judge: ${type}: ${edges.join(', ')}`
    }
  }

  #runOf(name: string): ActorRun {
    const known = this.#actors.get(name) ?? new ActorRun(this.#actors.size, name, false)
    this.#actors.set(name, known)
    return known
  }
}

function levelOf({ levels }: Verdict): string {
  if (levels.serializable) return 'serializable'
  return levels['snapshot-isolation']
    ? 'snapshot isolation, not serializable'
    : 'less than snapshots'
}
