/**
 * Which part of an index a filter needs to read.
 *
 * For an index on `(a, b, c)` the scan can be narrowed by the predicates on `a`; if these leave
 * single values, also by those on `b`; and so on, up to the first field that is a range or not
 * mentioned. What remains of the filter is asked of each document found, unless the bounds say it
 * all (`isExact`).
 *
 * **Arrays.** In a multikey index one document has several keys. Then `{ a: { $gt: 1, $lt: 5 } }`
 * may be satisfied by two different elements, so only one of two predicates on a path may narrow
 * the scan; and predicates on two paths into the same array (`a.x`, `a.y`) may not be combined
 * either. And where a path names an element by its position, index and query language see different
 * things: the index knows no field '0' that elements might lack, and takes apart an array that the
 * position names.
 */
import { type Document, parsePath } from '../../../bson/index.ts'
import type { FilterAnalysis } from '../analysis.ts'
import type { Leaf } from '../expression.ts'
import { type Interval, intersect, isPoint } from './interval.ts'
import { intervalsOf, type LeafIntervals } from './leaf_intervals.ts'

/** The values of one field that the scan reads: ascending intervals without overlap. */
export interface FieldBounds {
  readonly path: string
  readonly intervals: readonly Interval[]
}

export interface IndexBounds {
  /**
   * For a prefix of the index's fields. All but the last hold single values only. Fields that
   * follow are not narrowed.
   */
  readonly fields: readonly FieldBounds[]
  /** Whether every document in these bounds satisfies the whole filter. */
  readonly isExact: boolean
  /**
   * Whether each key in these bounds has the same values in all fields of the index: an equality.
   */
  readonly isPoint: boolean
}

export interface IndexDescription {
  /** Field paths to directions, in order. */
  readonly keyPattern: Document
  /** Whether some document has several keys in this index, because of an array. */
  readonly multikey: boolean
  /**
   * What a leaf asks of this index, where that is not what it asks of documents, because the two
   * compare strings in different ways; undefined: nothing.
   */
  readonly adapt?: ((leaf: Leaf) => Leaf | undefined) | undefined
}

/** More combinations of single values than this, and the scan reads a range instead. */
const COMBINATIONS_MAX = 1_000

/** Undefined where the filter says nothing about the first field of the index. */
export function boundsFor(
  analysis: FilterAnalysis,
  { keyPattern, multikey, adapt }: IndexDescription,
): IndexBounds | undefined {
  const paths = Object.keys(keyPattern)
  const fields: FieldBounds[] = []
  let isExact = true
  let combinations = 1
  for (const path of paths) {
    if (multikey && fields.some((field) => rootOf(field.path) === rootOf(path))) break
    const leaves = analysis.conjuncts.get(path) ?? []
    const isPositional = hasPosition(path)
    if (isPositional && leaves.some((leaf) => leaf.test(undefined))) break
    const bounds = boundsOfPath(leaves, multikey, adapt)
    if (bounds === undefined) break
    fields.push({ path, intervals: bounds.intervals })
    isExact &&= bounds.isExact && !isPositional
    combinations *= bounds.intervals.length
    if (!bounds.intervals.every(isPoint) || combinations > COMBINATIONS_MAX) break
  }
  if (fields.length === 0) return undefined
  const coversFilter = analysis.isConjunction && fields.length === analysis.conjuncts.size
  return {
    fields,
    isExact: isExact && coversFilter,
    isPoint:
      fields.length === paths.length &&
      fields.every(({ intervals }) => intervals.length === 1 && intervals.every(isPoint)),
  }
}

function boundsOfPath(
  leaves: readonly Leaf[],
  multikey: boolean,
  adapt: IndexDescription['adapt'],
): LeafIntervals | undefined {
  const usable: LeafIntervals[] = []
  for (const leaf of leaves) {
    const asked = adapt === undefined ? leaf : adapt(leaf)
    const bounds = asked === undefined ? undefined : intervalsOf(asked)
    if (bounds !== undefined) usable.push(bounds)
  }
  if (usable.length === 0) return undefined
  const usesAll = usable.length === leaves.length
  if (multikey || usable.length === 1) {
    const { intervals, isExact } = usable.reduce(fewer)
    return { intervals, isExact: isExact && usesAll && usable.length === 1 }
  }
  let narrowed: readonly Interval[] | undefined
  let isExact = usesAll
  for (const bounds of usable) {
    narrowed = narrowed === undefined ? bounds.intervals : intersect(narrowed, bounds.intervals)
    isExact &&= bounds.isExact
  }
  return { intervals: narrowed!, isExact }
}

function fewer(a: LeafIntervals, b: LeafIntervals): LeafIntervals {
  return b.intervals.length < a.intervals.length ? b : a
}

/** Whether a component reads as an array index. */
function hasPosition(path: string): boolean {
  return parsePath(path).indexes.some((index) => index >= 0)
}

function rootOf(path: string): string {
  const dot = path.indexOf('.')
  return dot < 0 ? path : path.slice(0, dot)
}
