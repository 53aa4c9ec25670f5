import { canonicalText, type Document, isDocument, isNumeric } from '../../../bson/index.ts'
import type { ValueOrder } from '../../collation/index.ts'
import { ServerError } from '../../errors.ts'
import { type Expression, int32Of, typeText } from '../../expression/index.ts'
import type { AccumulatedField } from '../accumulators/parse.ts'
import { BlockingFlow, type Flow } from '../flow.ts'
import { groupDocument } from '../group_document.ts'
import type { StageDescriptor } from '../stage.ts'
import { outputOf } from './bucket.ts'

interface AutoBuckets {
  readonly groupBy: Expression
  readonly count: number
  readonly fields: readonly AccumulatedField[]
  readonly order: ValueOrder
}

const OPTIONS: ReadonlySet<string> = new Set(['groupBy', 'buckets', 'output', 'granularity'])

/** So many groups of about the same size. Source: document_source_bucket_auto.cpp (8.0). */
export const bucketAuto: StageDescriptor = {
  name: '$bucketAuto',
  parse(spec, context) {
    const given = fieldsOf(spec)
    const { groupBy } = given
    const isPath = typeof groupBy === 'string' && groupBy.startsWith('$')
    const isExpression = isDocument(groupBy) && Object.keys(groupBy)[0]?.startsWith('$') === true
    if (!isPath && !isExpression) {
      throw new ServerError(
        40239,
        `The $bucketAuto 'groupBy' field must be defined as a $-prefixed path or an expression object, but found: ${canonicalText(groupBy)}`,
      )
    }
    const buckets: AutoBuckets = {
      groupBy: context.expressions.compile(groupBy),
      count: countOf(given['buckets']),
      fields: outputOf('$bucketAuto', given['output'], context, 40244),
      order: context.expressions.order,
    }
    return { open: (input) => new BucketAutoFlow(input, buckets) }
  },
}

function fieldsOf(spec: unknown): Document {
  if (!isDocument(spec)) {
    throw new ServerError(
      40240,
      `The argument to $bucketAuto must be an object, but found type: ${typeText(spec)}.`,
    )
  }
  for (const name in spec) {
    if (OPTIONS.has(name)) continue
    throw new ServerError(40245, `Unrecognized option to $bucketAuto: ${name}.`)
  }
  if (spec['granularity'] !== undefined) {
    throw new ServerError('NotImplemented', '$bucketAuto with granularity is not supported yet')
  }
  if ('groupBy' in spec && 'buckets' in spec) return spec
  throw new ServerError(40246, "$bucketAuto requires 'groupBy' and 'buckets' to be specified.")
}

function countOf(given: unknown): number {
  if (!isNumeric(given)) {
    throw new ServerError(
      40241,
      `The $bucketAuto 'buckets' field must be a numeric value, but found type: ${typeText(given)}.`,
    )
  }
  const count = int32Of(given)
  if (count === undefined) {
    throw new ServerError(
      40242,
      `The $bucketAuto 'buckets' field must be representable as a 32-bit integer, but found ${canonicalText(given)}.`,
    )
  }
  if (count > 0) return count
  throw new ServerError(
    40243,
    `The $bucketAuto 'buckets' field must be greater than 0, but found: ${count}.`,
  )
}

interface Entry {
  readonly value: unknown
  readonly document: Document
}

class BucketAutoFlow extends BlockingFlow {
  readonly #buckets: AutoBuckets
  readonly #entries: Entry[] = []

  constructor(input: Flow, buckets: AutoBuckets) {
    super(input)
    this.#buckets = buckets
  }

  protected override take(document: Document): void {
    this.#entries.push({ value: this.#buckets.groupBy(document) ?? null, document })
  }

  protected override *finish(): Iterable<Document> {
    const { count, order } = this.#buckets
    const entries = this.#entries.sort((a, b) => order.compare(a.value, b.value))
    const size = Math.max(1, Math.round(entries.length / count))
    let from = 0
    for (let made = 1; from < entries.length; made++) {
      let to = made === count ? entries.length : Math.min(from + size, entries.length)
      // Equal values are in one bucket.
      while (to < entries.length && order.equals(entries[to - 1]!.value, entries[to]!.value)) to++
      yield this.#bucketOf(entries.slice(from, to), entries[to])
      from = to
    }
  }

  #bucketOf(entries: readonly Entry[], next: Entry | undefined): Document {
    const { fields } = this.#buckets
    const accumulators = fields.map((field) => field.make())
    for (const { document } of entries) {
      fields.forEach((field, i) => {
        accumulators[i]!.add(field.argument(document))
      })
    }
    const max = (next ?? entries[entries.length - 1]!).value
    return groupDocument({ min: entries[0]!.value, max }, fields, accumulators)
  }
}
