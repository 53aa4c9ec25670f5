/** The shape that every query operator has. */
import type { Document } from '../../bson/index.ts'
import type { ValueOrder } from '../collation/index.ts'
import type { ExpressionContext } from '../expression/index.ts'
import type { Expression } from './expression.ts'

/**
 * What operators that contain filters need of the parser (it is handed in: no import runs in a
 * ring).
 */
export interface FilterParser {
  /** How values compare. */
  readonly order: ValueOrder
  /** A filter over a whole document: `{ a: 1, $or: [...] }`. */
  parseFilter(filter: Document): Expression
  /** A filter over an element of an array. */
  parseElementFilter(filter: Document): Expression
  /** The operators under one field: `{ $gt: 1, $lt: 5 }`. */
  parseOperators(path: string, operators: Document): Expression[]
  /**
   * What a condition on the document as a whole is compiled in.
   *
   * @throws ServerError 2, 224 where such conditions have no place
   */
  computing(operator: string): ExpressionContext
}

export interface PathOperatorArguments {
  readonly path: string
  readonly operand: unknown
  /** The operator document it stands in: `$regex` and `$options` read each other. */
  readonly siblings: Document
  readonly parser: FilterParser
}

/** An operator under a field: `{ field: { $name: operand } }`. */
export interface PathOperator {
  readonly name: string
  /** Throws the server's error for a bad operand; undefined adds no condition. */
  parse(args: PathOperatorArguments): Expression | undefined
}

/** An operator in the place of a field: `{ $name: operand }`. */
export interface TopLevelOperator {
  readonly name: string
  parse(operand: unknown, parser: FilterParser): Expression | undefined
}
