import type { PalimpsestClient } from '../../client/index.ts'
import type { Narrator } from './narrator.ts'
import type { StatStep } from './story.ts'

const SECOND_MS = 1000

/** The counters that a line is made of. */
type Counters = Omit<StatStep, 'kind' | 'atMs'>

/**
 * Looks at `serverStatus` at each full second of virtual time, as mongostat does, and writes down
 * what the counters gained. The server adds the conflicts of a statement when the statement ends,
 * so a wait shows as nothing at all, and then as one jump.
 */
export class Mongostat {
  readonly #client: PalimpsestClient
  readonly #narrator: Narrator
  #isWatching = true

  constructor(client: PalimpsestClient, narrator: Narrator) {
    this.#client = client
    this.#narrator = narrator
  }

  /** Writes a line a second until `stop`. */
  async watch(): Promise<void> {
    let before = await this.#read()
    for (;;) {
      const { nowMs } = this.#narrator
      await this.#narrator.until((Math.floor(nowMs / SECOND_MS) + 1) * SECOND_MS)
      if (!this.#isWatching) return
      const after = await this.#read()
      this.#narrator.steps.push({
        kind: 'stat',
        atMs: this.#narrator.nowMs,
        insert: after.insert - before.insert,
        query: after.query - before.query,
        update: after.update - before.update,
        delete: after.delete - before.delete,
        writeConflicts: after.writeConflicts - before.writeConflicts,
      })
      before = after
    }
  }

  stop(): void {
    this.#isWatching = false
  }

  async #read(): Promise<Counters> {
    const status = await this.#client.db('admin').command({ serverStatus: 1 })
    const counters = status['opcounters']
    return {
      insert: Number(counters.insert),
      query: Number(counters.query),
      update: Number(counters.update),
      delete: Number(counters.delete),
      writeConflicts: Number(status['metrics'].operation.writeConflicts),
    }
  }
}
