/**
 * Whether an actual value is what a test expects ("Evaluating Matches" in the format's
 * specification): documents by the keys that are expected, in any order; a root-level document may
 * have more keys, any other may not; arrays element by element; the rest by type and value.
 */
import {
  type Difference,
  type MatchScope,
  operatorOf,
  type Place,
  scalarsDiffer,
  specialOperator,
} from './operators.ts'
import { isDocument, show, withoutMaps } from './values.ts'

/** How the documents directly inside of a value are taken. */
export interface MatchOptions {
  readonly scope: MatchScope
  /** Of the value itself, for messages. */
  readonly path: string
  /** Elements of an array are root-level documents, as those of a `find` are. */
  readonly rootElements?: boolean
}

/** The first difference from what a root-level value should be; undefined where it matches. */
export function difference(
  expected: unknown,
  actual: unknown,
  { scope, path, rootElements = false }: MatchOptions,
): Difference {
  const at = { path, scope, isRoot: true }
  const given = withoutMaps(actual)
  if (!Array.isArray(expected)) return differ(expected, given, at)
  return arraysDiffer(expected, given, { ...at, isRoot: rootElements })
}

function differ(expected: unknown, given: unknown, at: Place): Difference {
  const operator = operatorOf(expected)
  if (operator !== undefined) {
    const operand = (expected as Record<string, unknown>)[operator]
    return specialOperator(operator)(operand, given, at, differ)
  }
  const actual = withoutMaps(given)
  if (Array.isArray(expected)) return arraysDiffer(expected, actual, { ...at, isRoot: false })
  if (isDocument(expected)) return documentsDiffer(expected, actual, at)
  return scalarsDiffer(expected, actual, at)
}

function arraysDiffer(expected: readonly unknown[], actual: unknown, at: Place): Difference {
  const { path } = at
  if (!Array.isArray(actual)) return `${path} should be an array, and is ${show(actual)}`
  if (actual.length !== expected.length) {
    return `${path} should have ${expected.length} elements, and is ${show(actual)}`
  }
  for (const [i, item] of expected.entries()) {
    const found = differ(item, actual[i], { ...at, path: `${path}[${i}]` })
    if (found !== undefined) return found
  }
  return undefined
}

function documentsDiffer(
  expected: Readonly<Record<string, unknown>>,
  actual: unknown,
  at: Place,
): Difference {
  const { path, isRoot, scope } = at
  if (!isDocument(actual)) return `${path} should be a document, and is ${show(actual)}`
  for (const [key, value] of Object.entries(expected)) {
    const inside = { path: `${path}.${key}`, isRoot: false, scope }
    const given = (actual as Record<string, unknown>)[key]
    if (given === undefined && operatorOf(value) === undefined) return `${inside.path} is missing`
    const found = differ(value, given, inside)
    if (found !== undefined) return found
  }
  if (isRoot) return undefined
  const extra = Object.keys(actual).filter(
    (key) => !Object.hasOwn(expected, key) && actual[key] !== undefined,
  )
  return extra.length === 0 ? undefined : `${path} should not have ${extra.join(', ')}`
}
