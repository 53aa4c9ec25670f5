/** What a naive store knows of a document: a number, by `_id`. */
export type Contents = ReadonlyMap<string, number>

/**
 * Snapshot isolation the naive way: every snapshot is a full copy, and first updater wins is
 * decided by counting commits. It shares no code and no idea with update chains.
 */
export class NaiveStore {
  committed: Contents = new Map()
  commits = 0
  /** The number of the commit that last wrote a document, or deleted it. */
  readonly #writtenBy = new Map<string, number>()
  readonly #open = new Set<NaiveTransaction>()

  begin(): NaiveTransaction {
    const transaction = new NaiveTransaction(this)
    this.#open.add(transaction)
    return transaction
  }

  end(transaction: NaiveTransaction, commits: boolean): void {
    this.#open.delete(transaction)
    if (!commits) return
    this.commits++
    const contents = new Map(this.committed)
    for (const [id, value] of transaction.writes) {
      if (value === undefined) contents.delete(id)
      else contents.set(id, value)
      this.#writtenBy.set(id, this.commits)
    }
    this.committed = contents
  }

  /** Whether somebody else wrote the document and this writer does not see it. */
  conflicts(id: string, writer: NaiveTransaction): boolean {
    if ((this.#writtenBy.get(id) ?? 0) > writer.asOf) return true
    return [...this.#open].some((other) => other !== writer && other.writes.has(id))
  }
}

export class NaiveTransaction {
  readonly #store: NaiveStore
  readonly #snapshot: Contents
  readonly asOf: number
  /** Undefined: deleted. */
  readonly writes = new Map<string, number | undefined>()

  constructor(store: NaiveStore) {
    this.#store = store
    this.#snapshot = store.committed
    this.asOf = store.commits
  }

  get(id: string): number | undefined {
    return this.writes.has(id) ? this.writes.get(id) : this.#snapshot.get(id)
  }

  /** All documents that it sees. */
  contents(): Contents {
    const seen = new Map(this.#snapshot)
    for (const [id, value] of this.writes) {
      if (value === undefined) seen.delete(id)
      else seen.set(id, value)
    }
    return seen
  }

  /** Writes one document, or deletes it: 1, or the name of what stands in the way. */
  write(id: string, value: number | undefined): 1 | 'WriteConflict' {
    if (this.#store.conflicts(id, this)) return 'WriteConflict'
    this.writes.set(id, value)
    return 1
  }
}
