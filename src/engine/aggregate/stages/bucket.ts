import { canonicalOrder, canonicalText, type Document, isDocument } from '../../../bson/index.ts'
import type { ValueOrder } from '../../collation/index.ts'
import { ServerError } from '../../errors.ts'
import { constantOf, type Expression, typeText } from '../../expression/index.ts'
import type { Accumulator } from '../accumulators/accumulator.ts'
import { type AccumulatedField, parseAccumulated } from '../accumulators/parse.ts'
import { BlockingFlow, type Flow } from '../flow.ts'
import { groupDocument } from '../group_document.ts'
import type { ParseContext, StageDescriptor } from '../stage.ts'

interface Buckets {
  readonly groupBy: Expression
  readonly boundaries: readonly unknown[]
  /** Where a value goes that is in no bucket. */
  readonly rest: { readonly value: unknown } | undefined
  readonly fields: readonly AccumulatedField[]
  readonly order: ValueOrder
}

const OPTIONS: ReadonlySet<string> = new Set(['groupBy', 'boundaries', 'default', 'output'])

/** Groups by ranges of values. Source: document_source_bucket.cpp (8.0). */
export const bucket: StageDescriptor = {
  name: '$bucket',
  parse(spec, context) {
    const given = fieldsOf(spec)
    const { order } = context.expressions
    const boundaries = boundariesOf(given['boundaries'], order)
    const buckets: Buckets = {
      groupBy: context.expressions.compile(groupByOf(given['groupBy'])),
      boundaries,
      rest: restOf(given, boundaries, order),
      fields: outputOf('$bucket', given['output'], context, 40196),
      order,
    }
    return { open: (input) => new BucketFlow(input, buckets) }
  },
}

function fieldsOf(spec: unknown): Document {
  if (!isDocument(spec)) {
    throw new ServerError(
      40201,
      `Argument to $bucket stage must be an object, but found type: ${typeText(spec)}.`,
    )
  }
  for (const name in spec) {
    if (OPTIONS.has(name)) continue
    throw new ServerError(40197, `Unrecognized option to $bucket: ${name}.`)
  }
  if ('groupBy' in spec && 'boundaries' in spec) return spec
  throw new ServerError(40198, "$bucket requires 'groupBy' and 'boundaries' to be specified.")
}

function groupByOf(given: unknown): unknown {
  const isPath = typeof given === 'string' && given.startsWith('$')
  const isExpression = isDocument(given) && Object.keys(given)[0]?.startsWith('$') === true
  if (isPath || isExpression) return given
  throw new ServerError(
    40202,
    `The $bucket 'groupBy' field must be defined as a $-prefixed path or an expression, but found: ${canonicalText(given)}.`,
  )
}

function boundariesOf(given: unknown, order: ValueOrder): unknown[] {
  if (!Array.isArray(given)) {
    throw new ServerError(
      40200,
      `The $bucket 'boundaries' field must be an array, but found type: ${typeText(given)}.`,
    )
  }
  const boundaries = given.map((boundary: unknown) => {
    const constant = constantOf(boundary)
    if (constant !== undefined) return constant.value
    throw new ServerError(
      40191,
      `The $bucket 'boundaries' field must be an array of constant values, but found value: ${canonicalText(boundary)}.`,
    )
  })
  if (boundaries.length < 2) {
    throw new ServerError(
      40192,
      `The $bucket 'boundaries' field must have at least 2 values, but found ${boundaries.length} value(s).`,
    )
  }
  for (let i = 1; i < boundaries.length; i++)
    checkAscending(boundaries[i - 1], boundaries[i], order)
  return boundaries
}

function checkAscending(lower: unknown, upper: unknown, order: ValueOrder): void {
  if (canonicalOrder(lower) !== canonicalOrder(upper)) {
    throw new ServerError(
      40193,
      `All values in the the 'boundaries' option to $bucket must have the same type. Found conflicting types ${typeText(lower)} and ${typeText(upper)}.`,
    )
  }
  if (order.compare(lower, upper) < 0) return
  throw new ServerError(
    40194,
    `The 'boundaries' option to $bucket must be sorted, but elements ${canonicalText(lower)} and ${canonicalText(upper)} are not in ascending order.`,
  )
}

function restOf(
  given: Document,
  boundaries: readonly unknown[],
  order: ValueOrder,
): Buckets['rest'] {
  if (!('default' in given)) return undefined
  const constant = constantOf(given['default'])
  if (constant === undefined) {
    throw new ServerError(
      40195,
      `The $bucket 'default' field must be a constant expression, but found: ${canonicalText(given['default'])}.`,
    )
  }
  const isWithin =
    order.compare(constant.value, boundaries[0]) >= 0 &&
    order.compare(constant.value, boundaries.at(-1)) < 0
  if (!isWithin) return constant
  throw new ServerError(
    40199,
    "The $bucket 'default' field must be less than the lowest boundary or greater than or equal to the highest boundary.",
  )
}

/** The fields of each bucket; by default, how many documents are in it. */
export function outputOf(
  stage: string,
  given: unknown,
  { expressions }: ParseContext,
  code: number,
): AccumulatedField[] {
  if (given === undefined) return [parseAccumulated('count', { $sum: 1 }, expressions)]
  if (!isDocument(given)) {
    throw new ServerError(
      code,
      `The ${stage} 'output' field must be an object, but found type: ${typeText(given)}.`,
    )
  }
  return Object.keys(given).map((name) => parseAccumulated(name, given[name], expressions))
}

/** Only buckets that are not empty come out, in the order of their lower boundaries. */
class BucketFlow extends BlockingFlow {
  readonly #buckets: Buckets
  readonly #filled = new Map<number, readonly Accumulator[]>()

  constructor(input: Flow, buckets: Buckets) {
    super(input)
    this.#buckets = buckets
  }

  protected override take(document: Document): void {
    const { fields } = this.#buckets
    const at = this.#bucketOf(this.#buckets.groupBy(document) ?? null)
    let accumulators = this.#filled.get(at)
    if (accumulators === undefined) {
      accumulators = fields.map((field) => field.make())
      this.#filled.set(at, accumulators)
    }
    for (let i = 0; i < fields.length; i++) accumulators[i]!.add(fields[i]!.argument(document))
  }

  protected override finish(): Iterable<Document> {
    const { boundaries, rest, fields, order } = this.#buckets
    return [...this.#filled]
      .map(([at, accumulators]) => ({
        id: at < 0 ? rest!.value : boundaries[at],
        accumulators,
      }))
      .sort((a, b) => order.compare(a.id, b.id))
      .map(({ id, accumulators }) => groupDocument(id, fields, accumulators))
  }

  /** The index of the bucket's lower boundary; -1: the rest. */
  #bucketOf(value: unknown): number {
    const { boundaries, rest, order } = this.#buckets
    const last = boundaries.length - 1
    if (order.compare(value, boundaries[0]) >= 0 && order.compare(value, boundaries[last]) < 0) {
      let at = 0
      while (order.compare(value, boundaries[at + 1]) >= 0) at++
      return at
    }
    if (rest !== undefined) return -1
    throw new ServerError(
      40066,
      '$switch could not find a matching branch for an input, and no default was specified.',
    )
  }
}
