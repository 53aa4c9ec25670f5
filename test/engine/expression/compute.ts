/** Computing expressions in tests, at a fixed moment and with a fixed chance. */
import { EJSON, Timestamp } from 'bson'
import type { Document } from '../../../src/bson/index.ts'
import { ExpressionContext, type Runtime } from '../../../src/engine/expression/index.ts'

export const NOW_MS = 1_700_000_000_000

export const runtime: Runtime = {
  nowMs: NOW_MS,
  clusterTime: () => new Timestamp({ t: 1_700_000_000, i: 7 }),
  random: () => 0.25,
}

export const context: ExpressionContext = new ExpressionContext(runtime)

export function compute(expression: unknown, document: Document = {}): unknown {
  return context.compile(expression)(document)
}

/** An object of these fields: `then` may be one of them, which no literal here may have. */
export function named(...fields: readonly (readonly [string, unknown])[]): Document {
  return Object.fromEntries(fields)
}

/** A value with the type of each number in it, as text; a missing value has none. */
export function typed(value: unknown): string | undefined {
  return value === undefined ? undefined : EJSON.stringify(value, { relaxed: false })
}
