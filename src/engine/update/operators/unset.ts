/**
 * `$unset`: take a field away, whatever the operand. An element of an array becomes null instead.
 */
import { type Modifier, REMOVED } from '../modifier.ts'
import type { UpdateOperator } from '../operator.ts'

const UNSET: Modifier = {
  missingPath: 'ignore',
  modify: () => REMOVED,
  create: () => undefined,
}

export const $unset = {
  name: '$unset',
  parse: () => UNSET,
} as const satisfies UpdateOperator
