import type { Timestamp } from 'bson'
import type { Document } from '../bson/index.ts'
import { ServerError } from '../engine/index.ts'
import { DEFAULT_READ_CONCERN } from './read_concern.ts'
import { DEFAULT_WRITE_CONCERN, parseWriteConcern, unmetWriteConcern } from './write_concern.ts'

/** What `setDefaultRWConcern` may say: an empty document takes a default back. */
export interface ConcernRequest {
  readonly readConcern: Document | undefined
  readonly writeConcern: Document | undefined
}

/** When defaults were set last, by both clocks. */
interface Update {
  readonly opTime: Timestamp
  readonly wallClockTime: Date
}

/**
 * The concerns of commands that bring none. Source: read_write_concern_defaults.cpp (8.0).
 */
export class ConcernDefaults {
  #readConcern: Document | undefined = undefined
  #writeConcern: Document | undefined = undefined
  #update: Update | undefined = undefined

  /** As the profiler shows it: with where it comes from. */
  get readConcern(): Document {
    return this.#readConcern === undefined
      ? DEFAULT_READ_CONCERN
      : { ...this.#readConcern, provenance: 'customDefault' }
  }

  get writeConcern(): Document {
    return this.#writeConcern === undefined
      ? DEFAULT_WRITE_CONCERN
      : { ...this.#writeConcern, provenance: 'customDefault' }
  }

  /** @throws ServerError 2, 9, 20, 79, 100 for what makes no default */
  set({ readConcern, writeConcern }: ConcernRequest, update: Update): void {
    if (readConcern === undefined && writeConcern === undefined) {
      throw bad(
        'At least one of the "defaultReadConcern" or "defaultWriteConcern" fields must be present',
      )
    }
    const newRead = readConcern === undefined ? this.#readConcern : readDefaultOf(readConcern)
    const newWrite = writeConcern === undefined ? this.#writeConcern : writeDefaultOf(writeConcern)
    if (newWrite === undefined && this.#writeConcern !== undefined) {
      throw new ServerError(
        'IllegalOperation',
        'The global default write concern cannot be unset once it is set.',
      )
    }
    this.#readConcern = newRead
    this.#writeConcern = newWrite
    this.#update = update
  }

  /** The reply of both commands, but for its end. Field order: rw_concern_default.idl */
  get document(): Document {
    const { provenance: _read, ...defaultReadConcern } = this.readConcern
    const { provenance: _write, ...defaultWriteConcern } = this.writeConcern
    const update = this.#update
    return {
      defaultReadConcern,
      defaultWriteConcern,
      ...(update === undefined
        ? {}
        : { updateOpTime: update.opTime, updateWallClockTime: update.wallClockTime }),
      defaultWriteConcernSource: this.#writeConcern === undefined ? 'implicit' : 'global',
      defaultReadConcernSource: this.#readConcern === undefined ? 'implicit' : 'global',
    }
  }
}

const bad = (message: string): ServerError => new ServerError('BadValue', message)

const DEFAULT_LEVELS: readonly unknown[] = [undefined, 'local', 'available', 'majority']

/** Nothing for an empty one. Source: `checkSuitabilityAsDefault` */
function readDefaultOf(given: Document): Document | undefined {
  if (Object.keys(given).length === 0) return undefined
  const { level } = given
  if (!DEFAULT_LEVELS.includes(level)) {
    throw bad(`level: '${level}' is not suitable for the default read concern`)
  }
  for (const name of ['afterClusterTime', 'atClusterTime']) {
    if (given[name] === undefined) continue
    throw bad(`'${name}' is not suitable for the default read concern`)
  }
  if (given['provenance'] !== undefined) {
    throw bad("'provenance' must be unset in default read concern")
  }
  return { level: level ?? 'local' }
}

/** Nothing for an empty one. Source: `checkSuitabilityAsDefault`, `validateWriteConcern` */
function writeDefaultOf(given: Document): Document | undefined {
  const parsed = parseWriteConcern(given, true)
  if (parsed === undefined) return undefined
  if (parsed.w === 0) {
    throw bad('Unacknowledged write concern is not suitable for the default write concern')
  }
  if (given['provenance'] !== undefined) {
    throw bad("'provenance' must be unset in default write concern")
  }
  const unmet = unmetWriteConcern(parsed)
  if (unmet !== undefined) {
    throw new ServerError(unmet['code'] as number, unmet['errmsg'] as string)
  }
  const { provenance: _, ...document } = parsed.document
  return document
}
