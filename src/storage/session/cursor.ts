import { EINVAL, OK, type ReturnCode, WOULD_SPIN, WT_NOTFOUND, WT_ROLLBACK } from '../codes.ts'
import { clearBounds, setBound } from './bounds.ts'
import type { CursorCore } from './cursor_core.ts'
import { type Near, searchExact, searchNear, step } from './cursor_read.ts'
import { insert, modify, remove, reserve, update } from './cursor_write.ts'
import type { ModifyEntry } from './modify.ts'

/**
 * A position in a table, with a key and a value (WiredTiger's `WT_CURSOR`):
 *
 *     search, next, prev, update, modify   positioned, key and value set
 *     reserve                              positioned, key and the last real value set
 *     insert                               not positioned, nothing set
 *     remove                               positioned if it was, then with its key; never a value
 *     after a failure                      not positioned; the application's own key and value stay
 *
 * Writes outside a transaction may answer `WOULD_SPIN`: see `Session.untilFree`.
 */
export class Cursor<K extends string | number, V> {
  /** For the session's own calls on cursors. */
  readonly core: CursorCore<K, V>

  /** Made by `Session.openCursor`. */
  constructor(core: CursorCore<K, V>) {
    this.core = core
  }

  /** WiredTiger panics if the transaction is prepared; here that is `EINVAL`. */
  setKey(key: K): ReturnCode {
    const { core } = this
    return core.session.call(() => {
      core.key = key
      core.keyHeld = 'external'
      return OK
    })
  }

  /** As `setKey`. */
  setValue(value: V): ReturnCode {
    const { core } = this
    return core.session.call(() => {
      core.value = value
      core.valueHeld = 'external'
      return OK
    })
  }

  /** Undefined after `EINVAL`, when there is none: that fails the transaction like any misuse. */
  getKey(): K | undefined {
    const { core } = this
    const code = core.session.call(() => (core.keyHeld === 'unset' ? EINVAL : OK))
    return code === OK ? core.key : undefined
  }

  /** As `getKey`. */
  getValue(): V | undefined {
    const { core } = this
    const code = core.session.call(() => (core.valueHeld === 'unset' ? EINVAL : OK))
    return code === OK ? core.value : undefined
  }

  search(): ReturnCode {
    return this.#read(() => (this.#hasKey ? searchExact(this.core) : EINVAL))
  }

  /** Like `search`, but content with a neighbour; `exact` says on which side of the key it is. */
  searchNear(): Near {
    let near: Near = { code: EINVAL, exact: 0 }
    const code = this.#read(() => {
      if (this.#hasKey) near = searchNear(this.core)
      return near.code
    })
    return code === near.code ? near : { code, exact: 0 }
  }

  next(): ReturnCode {
    return this.#read(() => step(this.core, false))
  }

  prev(): ReturnCode {
    return this.#read(() => step(this.core, true))
  }

  insert(): ReturnCode {
    return insert(this.core)
  }

  update(): ReturnCode {
    return update(this.core)
  }

  remove(): ReturnCode {
    return remove(this.core)
  }

  reserve(): ReturnCode {
    return reserve(this.core)
  }

  /** For cursors on text. */
  modify(this: Cursor<K, string>, entries: readonly ModifyEntry[]): ReturnCode {
    return modify(this.core, entries)
  }

  /** Sets the key to the greatest in the table, whoever may see it, and gives up the position. */
  largestKey(): ReturnCode {
    const { core } = this
    return core.session.call(() => {
      if (core.lower !== undefined || core.upper !== undefined) return EINVAL
      core.reset()
      // No row is looked at, but like any step this takes a snapshot, which other cursors may keep.
      core.enter({ anew: false })
      const key = core.table.largestKey()
      core.reset()
      if (key === undefined) return WT_NOTFOUND
      core.key = key
      core.keyHeld = 'external'
      return OK
    })
  }

  /** Keeps the cursor to one side of its key from now on, until `reset` or `clearBounds`. */
  bound(which: 'lower' | 'upper', options: { readonly inclusive?: boolean } = {}): ReturnCode {
    const { core } = this
    return core.session.call(() => setBound(core, which, options.inclusive ?? true))
  }

  clearBounds(): ReturnCode {
    const { core } = this
    return core.session.call(() => {
      clearBounds(core)
      return OK
    })
  }

  /** Gives up position, key, value and bounds. Possible in a prepared transaction. */
  reset(): ReturnCode {
    const { core } = this
    return core.session.callEvenPrepared(() => {
      core.reset()
      clearBounds(core)
      return OK
    })
  }

  /** The cursor can't be used afterwards. Possible in a prepared transaction. */
  close(): ReturnCode {
    const { core } = this
    return core.session.callEvenPrepared(() => {
      core.clear()
      const { cursors } = core.session
      const position = cursors.indexOf(core as never)
      if (position >= 0) cursors.splice(position, 1)
      return OK
    })
  }

  get #hasKey(): boolean {
    return this.core.keyHeld !== 'unset'
  }

  /**
   * Outside a transaction WiredTiger would repeat for ever a read that can't put a value
   * together.
   */
  #read(body: () => ReturnCode): ReturnCode {
    const { session } = this.core
    const code = session.call(body)
    if (code !== WT_ROLLBACK || session.running !== undefined) return code
    session.context.counters.autocommitReadonlyRetry++
    session.blockedBy = undefined
    return WOULD_SPIN
  }
}
