/** Applying updates in tests: to deeply frozen documents, so that a change in place is an error. */
import { Timestamp } from 'bson'
import type { Document } from '../../../src/bson/index.ts'
import { ServerError } from '../../../src/engine/errors.ts'
import { compileFilter } from '../../../src/engine/query/index.ts'
import {
  type AppliedUpdate,
  buildUpsert,
  compileUpdate,
  type UpdateContext,
} from '../../../src/engine/update/index.ts'

export const NOW_MS = 1_700_000_000_000

export const context: UpdateContext = {
  isInsert: false,
  nowMs: NOW_MS,
  timestamp: () => new Timestamp({ t: 1_700_000_000, i: 1 }),
}

export function applyUpdate(document: Document, update: Document, given = context): AppliedUpdate {
  return compileUpdate(update).apply(frozen(document), given)
}

export function upsert(filter: Document, update: Document): Document {
  return buildUpsert(compileFilter(filter).analysis.equalities, compileUpdate(update), {
    nowMs: NOW_MS,
    timestamp: () => context.timestamp(),
    mintId: () => 'minted',
  })
}

export function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && isPlain(value) && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const inner of Object.values(value)) frozen(inner)
  }
  return value
}

function isPlain(value: object): boolean {
  return Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype
}

export interface Failure {
  readonly code: number
  readonly codeName: string
  readonly message: string
}

export function failureOf(attempt: () => unknown): Failure {
  try {
    attempt()
  } catch (error) {
    if (!(error instanceof ServerError)) throw error
    return { code: error.code, codeName: error.codeName, message: error.message }
  }
  throw new Error('nothing failed')
}
