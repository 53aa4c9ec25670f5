import type { Expression, ExpressionContext } from '../../expression/index.ts'

/** What a group makes of one expression over all of its documents. */
export interface Accumulator {
  /** @param value of the expression for one document; undefined where there is none */
  add(value: unknown): void
  /** Undefined where there is nothing to tell; the group prints null. */
  value(): unknown
}

/** An accumulator as a field of a group has it. */
export interface Accumulation {
  /** What is added of each document. */
  readonly argument: Expression
  make(): Accumulator
}

/** One kind of accumulator. */
export interface AccumulatorKind {
  readonly name: string
  /** @throws ServerError for an operand that makes no sense */
  parse(operand: unknown, expressions: ExpressionContext): Accumulation
}
