import type { StatementReference } from './explanation.ts'
import type { ToldHistory } from './told_history.ts'

/** A statement by its place, with its name and its text. */
export function referenceTo(
  history: ToldHistory,
  transaction: number,
  step: number,
): StatementReference {
  const { text } = history.stepsOf(transaction)[step]!
  return { transaction, name: history.nameOf(transaction), step, text }
}
