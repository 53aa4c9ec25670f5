import { hasLabel } from '../client/index.ts'
import type { ExploreOptions } from './options.ts'
import type { Played } from './play/player.ts'
import type { FailureKind } from './report.ts'

/** What is wrong with a schedule, before it is explained. */
export interface Failure {
  readonly kind: FailureKind
  readonly summary: string
  readonly error: unknown
}

/** What is wrong with the actors themselves: one never ended, or with an error. */
export function failureOfActors<Given>(
  { actors, stuck }: Played,
  { tolerates = isRefusal }: Pick<ExploreOptions<Given>, 'tolerates'>,
): Failure | undefined {
  for (const { name, failure } of actors) {
    if (failure === undefined || tolerates(failure.error, name)) continue
    const { error } = failure
    return { kind: 'error', summary: `${name} ended with ${errorText(error)}`, error }
  }
  if (stuck !== undefined) return { kind: 'hang', summary: stuck, error: undefined }
  return undefined
}

/** The database refused a transaction; what was done in it is undone, and its program gave up. */
function isRefusal(error: unknown): boolean {
  return hasLabel(error, 'TransientTransactionError')
}

export function errorText(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : `the value ${String(error)}`
}
