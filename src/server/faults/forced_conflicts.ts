import type { EngineHooks } from '../../engine/index.ts'

/** Whether a write of this namespace is to meet WT_ROLLBACK. */
export type ForcesConflict = (namespace: string) => boolean

/**
 * All who make writes conflict, behind the one hook that the engine asks. Every write of a record
 * asks, so the hook is there only while somebody wants conflicts.
 */
export class ForcedConflicts {
  readonly #hooks: EngineHooks
  readonly #sources = new Map<object, ForcesConflict>()

  constructor(hooks: EngineHooks) {
    this.#hooks = hooks
  }

  /** @param owner has one source at a time; undefined takes it away */
  set(owner: object, forces: ForcesConflict | undefined): void {
    if (forces === undefined) this.#sources.delete(owner)
    else this.#sources.set(owner, forces)
    this.#hooks.forceConflict = this.#sources.size === 0 ? undefined : this.#asked
  }

  readonly #asked: ForcesConflict = (namespace) => {
    for (const forces of this.#sources.values()) if (forces(namespace)) return true
    return false
  }
}
