/** The special operators of expected values: documents whose only key begins with `$$`. */
import { EJSON } from 'bson'
import { isOfType } from './types.ts'
import { bsonType, isDocument, isSameScalar, numberOf, show } from './values.ts'

/** Where in the actual value a comparison stands, and what it may ask. */
export interface Place {
  readonly path: string
  /** A root-level document may have fields that nobody expects. */
  readonly isRoot: boolean
  readonly scope: MatchScope
}

/** What operators look up of the test that runs. */
export interface MatchScope {
  /** @throws Error where there is no such entity */
  savedValue(name: string): unknown
  /** @throws Error where there is no such session */
  sessionId(name: string): unknown
  /** A value matched only because the driver's own way of saying it is known. */
  noteWay(name: string): void
}

/** A sentence about the first difference; undefined where there is none. */
export type Difference = string | undefined

export type Differ = (expected: unknown, actual: unknown, at: Place) => Difference

export type SpecialOperator = (
  operand: unknown,
  actual: unknown,
  at: Place,
  differ: Differ,
) => Difference

/** The name of the operator that a value is, if it is one. */
export function operatorOf(expected: unknown): string | undefined {
  if (!isDocument(expected)) return undefined
  const [name, ...others] = Object.keys(expected)
  return others.length === 0 && name?.startsWith('$$') === true ? name : undefined
}

const OPERATORS: Readonly<Record<string, SpecialOperator>> = {
  $$exists(operand, actual, { path }) {
    if ((actual !== undefined) === operand) return undefined
    return operand === true ? `${path} is missing` : `${path} should not be: ${show(actual)}`
  },

  $$type(operand, actual, { path }) {
    const names = Array.isArray(operand) ? operand : [operand]
    if (names.some((name) => isOfType(actual, String(name)))) return undefined
    return `${path} should be of type ${names.join(' or ')}, and is ${show(actual)}`
  },

  $$unsetOrMatches(operand, actual, at, differ) {
    return actual === undefined || actual === null ? undefined : differ(operand, actual, at)
  },

  $$matchesEntity(operand, actual, at, differ) {
    return differ(at.scope.savedValue(String(operand)), actual, at)
  },

  $$sessionLsid(operand, actual, at, differ) {
    return differ(at.scope.sessionId(String(operand)), actual, { ...at, isRoot: false })
  },

  $$matchesHexBytes(operand, actual, { path }) {
    const wanted = bytesOf(operand).toString('hex')
    const given = ArrayBuffer.isView(actual)
      ? Buffer.from(actual.buffer, actual.byteOffset, actual.byteLength).toString('hex')
      : undefined
    return wanted === given ? undefined : `${path} should be the bytes ${wanted}, and is ${given}`
  },

  $$lte(operand, actual, { path }) {
    const limit = numberOf(operand)
    const given = numberOf(actual)
    if (limit !== undefined && given !== undefined && given <= limit) return undefined
    return `${path} should be at most ${show(operand)}, and is ${show(actual)}`
  },

  $$matchAsDocument(operand, actual, at, differ) {
    if (typeof actual !== 'string') return `${at.path} should be JSON text, and is ${show(actual)}`
    const parsed: unknown = EJSON.parse(actual)
    return differ(operand, parsed, { ...at, isRoot: false })
  },

  $$matchAsRoot(operand, actual, at, differ) {
    return differ(operand, actual, { ...at, isRoot: true })
  },
}

/** @throws Error for an operator that is none */
export function specialOperator(name: string): SpecialOperator {
  const operator = OPERATORS[name]
  if (operator === undefined) throw new Error(`there is no operator ${name}`)
  return operator
}

/** @throws Error for text that is not hexadecimal, two digits a byte */
export function bytesOf(hex: unknown): Buffer {
  if (typeof hex !== 'string' || !/^([0-9a-f]{2})*$/i.test(hex)) {
    throw new Error(`not hexadecimal: ${show(hex)}`)
  }
  return Buffer.from(hex, 'hex')
}

/** Two scalars of one type and value; numbers of any width are one type. */
export function scalarsDiffer(expected: unknown, actual: unknown, { path }: Place): Difference {
  if (isSameScalar(expected, actual)) return undefined
  const types = bsonType(expected) === bsonType(actual) ? '' : ' (another type)'
  return `${path} should be ${show(expected)}, and is ${show(actual)}${types}`
}
