import { Store, type StoreOptions, type Table } from '../../src/storage/index.ts'

export interface TextStore {
  readonly store: Store
  readonly table: Table<string, string>
}

/** A store with one table of texts, which is what most tests need. */
export function textStore(options: StoreOptions = {}): TextStore {
  const store = new Store(options)
  return { store, table: store.createTable<string, string>({ name: 'texts', keys: 'string' }) }
}

/** Commits some rows, each in a transaction of its own. */
export function seed({ store, table }: TextStore, rows: Readonly<Record<string, string>>): void {
  for (const [key, value] of Object.entries(rows)) {
    const transaction = store.begin()
    transaction.put(table, key, value)
    transaction.commit()
  }
}

/** What a new reader finds, in order. */
export function contents({ store, table }: TextStore): [string, string][] {
  const transaction = store.begin()
  const rows: [string, string][] = []
  const scan = transaction.scan(table)
  while (scan.next()) rows.push([scan.key, scan.value])
  transaction.commit()
  return rows
}
