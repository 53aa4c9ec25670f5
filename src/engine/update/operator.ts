/** The shape that every update operator has. */
import type { ValueOrder } from '../collation/index.ts'
import type { Modifier } from './modifier.ts'

export interface UpdateOperator {
  readonly name: string
  /**
   * Turns the operand for one field into what happens there. Throws the server's error for a bad
   * one.
   *
   * @param path dotted, for messages
   * @param order how values compare, where the operator compares any
   */
  parse(operand: unknown, path: string, order: ValueOrder): Modifier
}
