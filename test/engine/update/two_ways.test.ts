import fc, { type Arbitrary } from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  addNumbers,
  compareValues,
  type Document,
  isDocument,
  isNumeric,
  measure,
  parsePath,
  setPath,
  unsetPath,
} from '../../../src/bson/index.ts'
import { AppliedUpdate } from '../../../src/engine/update/applied_update.ts'
import { areIdentical, type Patch } from '../../../src/engine/update/index.ts'
import { parseOperators } from '../../../src/engine/update/parse.ts'
import { applyByPathCopy, NEEDS_RECIPE } from '../../../src/engine/update/path_copy.ts'
import { applyByRecipe } from '../../../src/engine/update/recipe.ts'
import { document, path, scalar, value } from '../query/documents.ts'
import { applyUpdate, context, type Failure, failureOf, frozen } from './apply.ts'

/** Operators with operands that they accept. */
const operation: Arbitrary<[operator: string, operand: unknown]> = fc.oneof(
  fc.tuple(fc.constantFrom('$set', '$min', '$max', '$push', '$addToSet', '$pull'), value),
  fc.tuple(fc.constantFrom('$inc', '$mul'), scalar.filter(isNumeric)),
  fc.tuple(fc.constant('$unset'), fc.constant(1)),
  fc.tuple(fc.constant('$setOnInsert'), value),
  fc.tuple(fc.constant('$pop'), fc.constantFrom(1, -1)),
  fc.tuple(
    fc.constant('$push'),
    fc.record({
      $each: fc.array(scalar, { maxLength: 2 }),
      $position: fc.integer({ min: -2, max: 3 }),
      $slice: fc.integer({ min: -3, max: 3 }),
      $sort: fc.constantFrom(1, -1),
    }),
  ),
) as Arbitrary<[string, unknown]>

/** One or more operations on paths that do not overlap. */
const update: Arbitrary<Document> = fc
  .uniqueArray(fc.tuple(path, operation), {
    minLength: 1,
    maxLength: 3,
    comparator: ([a], [b]) => a === b || a.startsWith(`${b}.`) || b.startsWith(`${a}.`),
  })
  .map((operations) => {
    const result: { [operator: string]: Document } = {}
    for (const [field, [operator, operand]] of operations) {
      result[operator] = { ...result[operator], [field]: operand }
    }
    return result
  })

type Outcome = { document: Document; changed: boolean; patches: readonly Patch[] } | Failure

function outcomeOf(apply: () => AppliedUpdate): Outcome {
  let applied: AppliedUpdate
  try {
    applied = apply()
  } catch {
    return failureOf(apply)
  }
  return { document: applied.document, changed: applied.changed, patches: applied.patches }
}

describe('path copy and recipe', () => {
  it('agree on the result, the patches and the error', () => {
    let copies = 0
    fc.assert(
      fc.property(document, update, fc.boolean(), (given, change, isInsert) => {
        frozen(given)
        const leaves = parseOperators(change)
        const here = { ...context, isInsert }
        const byRecipe = outcomeOf(() => applyByRecipe(given, leaves, here))
        const byCopy = outcomeOf(() => {
          const copy = applyByPathCopy(given, leaves, here)
          fc.pre(copy !== NEEDS_RECIPE)
          return new AppliedUpdate(given, copy as Document, leaves)
        })
        copies++
        expect(byCopy).toEqual(byRecipe)
        expect(JSON.stringify(byCopy)).toBe(JSON.stringify(byRecipe))
      }),
      { numRuns: 2_000 },
    )
    expect(copies).toBeGreaterThan(500)
  })

  it('leave the given document alone and share what they can', () => {
    fc.assert(
      fc.property(document, update, (given, change) => {
        const before = JSON.stringify(given)
        frozen(given)
        const outcome = outcomeOf(() => applyUpdate(given, change))
        expect(JSON.stringify(given)).toBe(before)
        if (!('document' in outcome)) return
        expect(outcome.changed).toBe(outcome.document !== given)
        const touched = new Set(
          Object.values(change).flatMap((fields) =>
            Object.keys(fields as Document).map((field) => field.split('.')[0]),
          ),
        )
        for (const name of Object.keys(given)) {
          if (!touched.has(name)) expect(outcome.document[name]).toBe(given[name])
        }
      }),
      { numRuns: 1_000 },
    )
  })

  it('never grow a document that they say has not grown', () => {
    let inPlace = 0
    const numbers = fc.record({ a: scalar, b: scalar, n: scalar })
    const small = fc.oneof(
      fc.record({ $inc: fc.record({ n: scalar.filter(isNumeric) }) }),
      fc.record({ $set: fc.record({ a: scalar, b: value }, { requiredKeys: ['a'] }) }),
      update,
    )
    fc.assert(
      fc.property(fc.oneof(numbers, document), small, (given, change) => {
        const leaves = parseOperators(change)
        fc.pre(!('code' in outcomeOf(() => applyUpdate(given, change))))
        const applied = applyUpdate(given, change)
        if (leaves.length === 0 || applied.mayHaveGrown) return
        inPlace++
        const before = measure(given)
        const after = measure(applied.document)
        expect(after.sizeBytes).toBeLessThanOrEqual(before.sizeBytes)
        expect(after.depth).toBeLessThanOrEqual(before.depth)
      }),
      { numRuns: 1_500 },
    )
    expect(inPlace).toBeGreaterThan(100)
  })

  it('describe the change in full: the patches, applied, give the new version', () => {
    fc.assert(
      fc.property(document, update, (given, change) => {
        const outcome = outcomeOf(() => applyUpdate(given, change))
        if (!('document' in outcome)) return
        let patched = given
        for (const patch of outcome.patches) patched = applyPatch(patched, patch)
        expect(patched).toEqual(outcome.document)
        // Nothing said twice, and nothing said that does not hold.
        const paths = outcome.patches.map((patch) => patch.path.join('.'))
        expect(new Set(paths).size).toBe(paths.length)
        if (outcome.changed) expect(outcome.patches.length).toBeGreaterThan(0)
      }),
      { numRuns: 1_000 },
    )
  })
})

function applyPatch(target: Document, patch: Patch): Document {
  if (patch.op === 'replace') return patch.value
  const at = parsePath(patch.path.join('.'))
  return patch.op === 'unset'
    ? unsetPath(target, at)
    : (setPath(target, at, patch.value) as Document)
}

describe('updates', () => {
  /** `$set $unset $inc $min $max`, one after the other in the order of their paths, on a copy. */
  it('agree with a naive model', () => {
    const simple = update.filter((change) =>
      Object.keys(change).every((operator) =>
        ['$set', '$unset', '$inc', '$min', '$max'].includes(operator),
      ),
    )
    fc.assert(
      fc.property(document, simple, (given, change) => {
        const outcome = outcomeOf(() => applyUpdate(given, change))
        const expected = naiveUpdate(given, change)
        if (expected === undefined) {
          expect(outcome).toHaveProperty('code')
        } else {
          expect('document' in outcome && outcome.document).toEqual(expected)
        }
      }),
      { numRuns: 1_500 },
    )
  })
})

function naiveUpdate(given: Document, change: Document): Document | undefined {
  const operations = Object.entries(change).flatMap(([operator, fields]) =>
    Object.entries(fields as Document).map(([field, operand]) => ({ operator, field, operand })),
  )
  operations.sort((a, b) => (a.field < b.field ? -1 : 1))
  let current: Document | undefined = given
  for (const { operator, field, operand } of operations) {
    const at = parsePath(field)
    if (operator === '$unset') {
      current = unsetPath(current, at)
      continue
    }
    const existing = readPath(current, at.parts)
    const next = naiveResult(operator, existing, operand)
    if (next === undefined) return undefined
    if (existing !== undefined && areIdentical(existing, next)) continue
    current = setPath(current, at, next)
    if (current === undefined) return undefined
  }
  return current
}

function naiveResult(operator: string, existing: unknown, operand: unknown): unknown {
  if (operator === '$set' || existing === undefined) return operand
  if (operator === '$inc') return isNumeric(existing) ? addNumbers(existing, operand) : undefined
  const isBetter = compareValues(operand, existing) * (operator === '$min' ? -1 : 1) > 0
  return isBetter ? operand : existing
}

function readPath(value: unknown, parts: readonly string[]): unknown {
  const [first, ...rest] = parts
  if (first === undefined) return value
  if (Array.isArray(value))
    return /^\d$/.test(first) ? readPath(value[Number(first)], rest) : undefined
  return isDocument(value) && Object.hasOwn(value, first) ? readPath(value[first], rest) : undefined
}

describe('identity', () => {
  it('is finer than equality, and reflexive', () => {
    fc.assert(
      fc.property(value, value, (a, b) => {
        expect(areIdentical(a, structuredCloneOf(a))).toBe(true)
        if (areIdentical(a, b)) expect(compareValues(a, b)).toBe(0)
      }),
    )
  })
})

/** A copy with other containers and the same leaves. */
function structuredCloneOf(given: unknown): unknown {
  if (Array.isArray(given)) return given.map(structuredCloneOf)
  if (!isDocument(given)) return given
  return Object.fromEntries(
    Object.entries(given).map(([name, inner]) => [name, structuredCloneOf(inner)]),
  )
}
