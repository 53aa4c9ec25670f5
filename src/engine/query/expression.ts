/**
 * What a filter means, as a tree.
 *
 * A filter such as `{ qty: { $gt: 5, $lt: 9 }, $or: [{ tag: 'a' }, { tag: { $size: 2 } }] }` is an
 * AND of leaves and branches. A **leaf** asks one question of the values found at one path; a
 * branch combines. The parser builds the tree, `normalize` brings it into the server's canonical
 * shape, and from that one shape come the predicate that matches documents, the bounds of an index
 * scan, and the fields that an upsert takes from its filter.
 *
 * A path may lead to several values, since arrays on the way are entered (`traverse.ts`); a leaf is
 * true if *some* value passes its test, and NOT (also hidden in `$ne` and `$nin`) is true if none
 * does.
 */
import type { Document } from '../../bson/index.ts'

/** A question asked of one value; `undefined` stands for a field that is not there. */
export type ValueTest = (value: unknown) => boolean

/** The operators that end in a leaf. The others are rewritten: `$ne` is a NOT of an `$eq`. */
export type LeafOperator =
  | '$eq'
  | '$gt'
  | '$gte'
  | '$lt'
  | '$lte'
  | '$in'
  | '$exists'
  | '$type'
  | '$mod'
  | '$regex'
  | '$size'
  | '$elemMatch'
  | '$bits'

export interface Leaf {
  readonly kind: 'leaf'
  readonly operator: LeafOperator
  /** Dotted; empty inside of a value `$elemMatch`, where the element itself is asked. */
  readonly path: string
  readonly operand: unknown
  readonly test: ValueTest
  /** Asks an array at the end of the path as a whole, not its elements. */
  readonly wholeArray: boolean
}

export interface Branch {
  readonly kind: 'and' | 'or' | 'nor'
  readonly children: readonly Expression[]
}

export interface Negation {
  readonly kind: 'not'
  readonly child: Expression
}

/** Constant truth: `$alwaysTrue`, or `{ $all: [] }`, which nothing satisfies. */
export interface Constant {
  readonly kind: 'constant'
  readonly value: boolean
}

/** A condition on the document as a whole that is no question about a path: `$expr`. */
export interface Computed {
  readonly kind: 'computed'
  readonly test: (document: Document) => boolean
}

export type Expression = Leaf | Branch | Negation | Constant | Computed

/**
 * A leaf that looks at the elements of an array at the end of its path, then at the array itself.
 */
export function leaf(
  operator: LeafOperator,
  path: string,
  operand: unknown,
  test: ValueTest,
): Leaf {
  return { kind: 'leaf', operator, path, operand, test, wholeArray: false }
}

/** A leaf about arrays: it sees an array at the end of its path only as a whole. */
export function arrayLeaf(
  operator: '$size' | '$elemMatch',
  path: string,
  operand: unknown,
  test: (array: readonly unknown[]) => boolean,
): Leaf {
  const wholeTest = (value: unknown): boolean => Array.isArray(value) && test(value)
  return { kind: 'leaf', operator, path, operand, test: wholeTest, wholeArray: true }
}

export function not(child: Expression): Negation {
  return { kind: 'not', child }
}

/** One AND of all; the child itself where there is only one. */
export function and(children: readonly Expression[]): Expression {
  const [first] = children
  return children.length === 1 && first !== undefined ? first : { kind: 'and', children }
}
