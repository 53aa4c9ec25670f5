import type { ClientCore } from './core.ts'
import type { Settings } from './settings.ts'

/** Where an operation runs: over which client, on which namespace, with what it inherits. */
export interface Scope {
  readonly core: ClientCore
  readonly db: string
  /** Empty for a database's own operations. */
  readonly collection: string
  readonly settings: Settings
}

export function namespaceOf(scope: Scope): string {
  return scope.collection === '' ? scope.db : `${scope.db}.${scope.collection}`
}
