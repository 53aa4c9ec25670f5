/**
 * Snapshot isolation as one would write it down in ten minutes: every transaction copies the whole
 * store when it begins. It shares no idea with the real thing, no chain, no id, no snapshot.
 */
export type Op =
  | { readonly op: 'begin' | 'commit' | 'rollback' }
  | { readonly op: 'get' | 'remove' | 'reserve'; readonly key: string }
  | { readonly op: 'insert' | 'put' | 'update'; readonly key: string; readonly value: string }
  | { readonly op: 'scan' }

interface Open {
  readonly began: number
  readonly seen: Map<string, string>
  /** What it wrote; undefined for a key it removed. */
  readonly wrote: Map<string, string | undefined>
  wroteAnything: boolean
  failed: boolean
}

export class NaiveStore {
  readonly committed: Map<string, string> = new Map()
  conflicts = 0
  readonly #open: Map<number, Open> = new Map()
  /** Who holds a key until the end of its transaction. */
  readonly #held: Map<string, number> = new Map()
  /** When a key was last changed by a commit. */
  readonly #changed: Map<string, number> = new Map()
  #clock = 0

  isOpen(actor: number): boolean {
    return this.#open.has(actor)
  }

  perform(actor: number, step: Op): string {
    if (step.op === 'begin') {
      const seen = new Map(this.committed)
      const began = this.#clock
      this.#open.set(actor, { began, seen, wrote: new Map(), wroteAnything: false, failed: false })
      return 'OK'
    }
    const open = this.#open.get(actor) as Open
    switch (step.op) {
      case 'commit':
      case 'rollback':
        return this.#end(actor, open, step.op === 'commit')
      case 'get':
        return visibleTo(open, step.key) ?? 'WT_NOTFOUND'
      case 'scan':
        return scanOf(open)
      case 'insert':
        if (visibleTo(open, step.key) !== undefined) return 'WT_DUPLICATE_KEY'
        return this.#write(actor, open, step.key, step.value)
      case 'put':
        return this.#write(actor, open, step.key, step.value)
      case 'update':
        return this.#change(actor, open, step.key, step.op, step.value)
      case 'remove':
      case 'reserve':
        return this.#change(actor, open, step.key, step.op, undefined)
    }
  }

  #change(actor: number, open: Open, key: string, op: string, value: string | undefined): string {
    const isThere = visibleTo(open, key) !== undefined
    if (this.#conflicts(actor, open, key)) return this.#lose(open)
    if (!isThere) return 'WT_NOTFOUND'
    if (op !== 'reserve') return this.#write(actor, open, key, value)
    this.#held.set(key, actor)
    open.wroteAnything = true
    return 'OK'
  }

  #write(actor: number, open: Open, key: string, value: string | undefined): string {
    if (this.#conflicts(actor, open, key)) return this.#lose(open)
    this.#held.set(key, actor)
    open.wrote.set(key, value)
    open.wroteAnything = true
    return 'OK'
  }

  #conflicts(actor: number, open: Open, key: string): boolean {
    const holder = this.#held.get(key)
    if (holder !== undefined && holder !== actor) return true
    return (this.#changed.get(key) ?? -1) >= open.began
  }

  #lose(open: Open): string {
    this.conflicts++
    open.failed = true
    return 'WT_ROLLBACK'
  }

  #end(actor: number, open: Open, commits: boolean): string {
    this.#open.delete(actor)
    for (const [key, holder] of this.#held) if (holder === actor) this.#held.delete(key)
    if (commits && open.failed && open.wroteAnything) return 'EINVAL'
    if (!commits) return 'OK'
    for (const [key, value] of open.wrote) {
      this.#changed.set(key, this.#clock)
      if (value === undefined) this.committed.delete(key)
      else this.committed.set(key, value)
    }
    this.#clock++
    return 'OK'
  }
}

function visibleTo(open: Open, key: string): string | undefined {
  return open.wrote.has(key) ? open.wrote.get(key) : open.seen.get(key)
}

function scanOf(open: Open): string {
  const keys = new Set([...open.seen.keys(), ...open.wrote.keys()])
  const rows = [...keys].sort().map((key) => [key, visibleTo(open, key)] as const)
  return rows.flatMap(([key, value]) => (value === undefined ? [] : [`${key}=${value}`])).join(' ')
}
