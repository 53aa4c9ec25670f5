import { invariant } from '../../invariant.ts'
import type { ReadView } from '../read_view.ts'
import type { StableWalk } from '../stable_walk.ts'
import type { Table } from '../table.ts'
import type { Bound } from './bounds.ts'
import type { SessionCore } from './session_core.ts'

/**
 * Where the key or value of a cursor comes from: nowhere, the application or a copy of the
 * cursor's own (`external`), or the row that the cursor stands on (`internal`). Only with an
 * internal key is a cursor positioned.
 */
export type Held = 'unset' | 'external' | 'internal'

/** What a failed operation puts back: the application's own key and value survive it. */
export interface SavedState<K, V> {
  readonly keyHeld: Held
  readonly valueHeld: Held
  readonly key: K | undefined
  readonly value: V | undefined
}

/** The state of a cursor, and what all its operations do with it (`cursor_inline.h`). */
export class CursorCore<K extends string | number, V> {
  readonly session: SessionCore
  readonly table: Table<K, V>
  /** Whether insert and update take a key as it comes, there or not. */
  readonly overwrite: boolean
  key: K | undefined = undefined
  keyHeld: Held = 'unset'
  value: V | undefined = undefined
  valueHeld: Held = 'unset'
  /**
   * Whether it counts among the session's positioned cursors, which hold the session's snapshot.
   */
  active = false
  /** The key of the row it stands on; it may stand on one without showing its key. */
  at: K | undefined = undefined
  /** A step in this direction met a prepared update at `at`, and will look at it again. */
  retry: 'next' | 'prev' | undefined = undefined
  lower: Bound<K> | undefined = undefined
  upper: Bound<K> | undefined = undefined
  /** The walk behind the last steps, while they go on in its direction. */
  walk: { readonly reverse: boolean; readonly rows: StableWalk<K, V> } | undefined = undefined

  constructor(session: SessionCore, table: Table<K, V>, overwrite: boolean) {
    invariant(table.context === session.context, 'a session opens cursors on tables of its store')
    this.session = session
    this.table = table
    this.overwrite = overwrite
  }

  get view(): ReadView {
    return this.session.view
  }

  /** Whether a write can go to the row it stands on without looking for it. */
  get standsOnItsKey(): boolean {
    return this.active && this.keyHeld === 'internal'
  }

  /**
   * Gives up the position, and with the session's last one the snapshot, unless a transaction has
   * it.
   */
  loosePosition(): void {
    this.at = undefined
    this.retry = undefined
    this.walk = undefined
    if (this.active) {
      this.active = false
      this.session.positionedCount--
    }
    this.session.releaseUnlessPositioned()
  }

  /** `WT_CURSOR.reset`, as internal callers use it: the bounds stay. */
  reset(): void {
    this.session.context.counters.cursorReset++
    this.clear()
  }

  /** No position, no key, no value. */
  clear(): void {
    this.keyHeld = 'unset'
    this.valueHeld = 'unset'
    this.loosePosition()
  }

  /** Gets ready to look into the table; `anew` gives up the position that it had. */
  enter(options: { readonly anew: boolean }): void {
    if (options.anew) this.loosePosition()
    if (!this.active) {
      this.active = true
      this.session.positionedCount++
    }
    this.view.takeSnapshot()
    this.session.beginImplicitly()
  }

  /** Before the position goes: the key that it shows becomes the cursor's own. */
  keepKey(): void {
    if (this.keyHeld === 'internal') this.keyHeld = 'external'
  }

  keepValue(): void {
    if (this.valueHeld === 'internal') this.valueHeld = 'external'
  }

  /** Before a search: a value that belongs to the old position is not kept. */
  dropInternalValue(): void {
    if (this.valueHeld === 'internal') this.valueHeld = 'unset'
  }

  saveState(): SavedState<K, V> {
    const { key, keyHeld, value, valueHeld } = this
    return { key, keyHeld, value, valueHeld }
  }

  /**
   * After a failure: no position, and what belonged to it is gone; the application's own is back.
   */
  fallBackTo(state: SavedState<K, V>): void {
    this.loosePosition()
    if (state.keyHeld === 'external') {
      this.key = state.key
      this.keyHeld = 'external'
    } else if (this.keyHeld === 'internal') this.keyHeld = 'unset'
    if (state.valueHeld === 'external') {
      this.value = state.value
      this.valueHeld = 'external'
    } else if (this.valueHeld === 'internal') this.valueHeld = 'unset'
  }

  /** Stands on a row and shows its key. */
  showKey(key: K): void {
    invariant(this.active, 'only an active cursor stands on a row')
    if (this.at !== key) this.walk = undefined
    this.at = key
    this.key = key
    this.keyHeld = 'internal'
    this.retry = undefined
  }

  showValue(value: V): void {
    this.value = value
    this.valueHeld = 'internal'
  }
}
