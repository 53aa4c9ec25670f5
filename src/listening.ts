import type { CommandServer } from './server/index.ts'
import type { Listener, ListenOptions } from './server/wire/index.ts'
import type { Clock } from './sim/index.ts'

export type { AuthOptions, UserOptions } from './server/index.ts'
export type { ListenOptions } from './server/wire/index.ts'

export interface ListeningParts {
  readonly server: CommandServer
  readonly clock: Clock
  /** Whether the simulator was told whose time it runs on. */
  readonly timeWasChosen: boolean
  readonly log: (line: string) => void
}

/**
 * The places where one simulator listens. The wire protocol is loaded when the first one opens: it
 * needs Node.js, and the rest of the simulator does not.
 */
export class Listening {
  readonly #parts: ListeningParts
  readonly #listeners: Listener[] = []
  #closed = false

  constructor(parts: ListeningParts) {
    this.#parts = parts
  }

  /** @throws TypeError where nobody chose a time, or options make no sense */
  async listen(options: ListenOptions): Promise<string> {
    const { server, clock, timeWasChosen, log } = this.#parts
    if (!timeWasChosen) throw new TypeError(CHOOSE_A_TIME)
    const { Listener } = await import('./server/wire/index.ts')
    const listener = await Listener.open({ server, clock }, { log, ...options })
    if (this.#closed) {
      await listener.close()
      throw new Error('The simulator was stopped before it could listen.')
    }
    this.#listeners.push(listener)
    return this.#uriOf(listener, '')
  }

  /** @throws Error before `listen` */
  uri(database: string): string {
    const [first] = this.#listeners
    if (first !== undefined) return this.#uriOf(first, database)
    throw new Error('getUri has no address to give yet: await sim.listen({ port: 0 }) first.')
  }

  async close(): Promise<void> {
    this.#closed = true
    await Promise.all(this.#listeners.splice(0).map((listener) => listener.close()))
  }

  /**
   * Drivers compare the addresses of a set's members in lower case, and dial them so: the path of a
   * Unix socket can't be one of them. A direct connection needs no such list.
   */
  #uriOf({ uriHost, isUnix }: Listener, database: string): string {
    const { isReplicaSet, setName } = this.#parts.server.identity
    const member = isReplicaSet ? [`replicaSet=${encodeURIComponent(setName)}`] : []
    const options = isUnix ? [...member, 'directConnection=true'] : member
    const query = options.length === 0 ? '' : `?${options.join('&')}`
    return `mongodb://${uriHost}/${encodeURIComponent(database)}${query}`
  }
}

/** In process time may well pass by itself; beside other programs it is a choice. */
const CHOOSE_A_TIME =
  'listen needs to know whose time it is, since clients live on the real one: give create ' +
  "{ time: 'real' } (the machine's), { time: 'auto' } (it jumps once everybody sleeps and no " +
  "command came in for a moment) or { time: 'manual' } (it moves by sim.clock.advance or the " +
  'command palimpsestAdvanceClock)'
