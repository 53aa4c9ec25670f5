import type { StatementReference } from './explanation.ts'
import type { ToldHistory } from './told_history.ts'

/** A statement by its place, with its name and its text. */
export function referenceTo(
  history: ToldHistory,
  transaction: number,
  step: number,
): StatementReference {
  const { text, statement } = history.stepsOf(transaction)[step]!
  const reference = { transaction, name: history.nameOf(transaction), step, text }
  return statement === undefined ? reference : { ...reference, statement }
}
