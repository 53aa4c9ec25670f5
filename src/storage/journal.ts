import type { Table } from './table.ts'
import { newestLive, type Row, TOMBSTONE } from './update.ts'

type AnyTable = Table<string | number, unknown>
type Key = string | number

/**
 * What some rows held at one moment: the committed value of each key that was changed since, noted
 * when it was first touched; undefined for a key that was not there.
 */
export class Journal {
  readonly tables: Map<AnyTable, Map<Key, unknown>> = new Map()

  get isEmpty(): boolean {
    return this.tables.size === 0
  }

  /** A write is about to touch the row. Only the first one since the journal began counts. */
  note(table: AnyTable, row: Row<Key, unknown>): void {
    const values = this.#valuesOf(table)
    if (!values.has(row.key)) values.set(row.key, committedValue(row))
  }

  set(table: AnyTable, key: Key, value: unknown): void {
    this.#valuesOf(table).set(key, value)
  }

  clear(): void {
    this.tables.clear()
  }

  *entries(): Generator<readonly [AnyTable, Key, unknown]> {
    for (const [table, values] of this.tables) {
      for (const [key, value] of values) yield [table, key, value]
    }
  }

  #valuesOf(table: AnyTable): Map<Key, unknown> {
    let values = this.tables.get(table)
    if (values === undefined) {
      values = new Map()
      this.tables.set(table, values)
    }
    return values
  }
}

/** What a row holds while no transaction has it: its newest value, undefined if it is deleted. */
export function committedValue<V>(row: Row<unknown, V>): V | undefined {
  const newest = newestLive(row.head)
  if (newest === undefined) return row.settled
  return newest.type === TOMBSTONE ? undefined : newest.value
}
