/**
 * How long to leave an overloaded server alone: exponential, with full jitter.
 * Source: specifications, client-backpressure (July 2026).
 */
import type { ClientCore } from '../core.ts'
import type { MongoErrorShape } from '../errors.ts'

const BASE_BACKOFF_MS = 100
const MAX_BACKOFF_MS = 10_000

/** @param retry the first is 1 */
export function overloadBackoffMs(core: ClientCore, error: MongoErrorShape, retry: number): number {
  const ceilingMs = Math.min(MAX_BACKOFF_MS, baseBackoffMs(error) * 2 ** retry)
  return core.random.next() * ceilingMs
}

/** The server may say it; 0 means that it does not. */
function baseBackoffMs(error: MongoErrorShape): number {
  const { errorResponse } = error as { errorResponse?: { baseBackoffMS?: unknown } }
  const given = Number(errorResponse?.baseBackoffMS ?? Number.NaN)
  return Number.isFinite(given) && given > 0 ? given : BASE_BACKOFF_MS
}
