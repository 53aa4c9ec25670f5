import { type Document, isDocument, isNumeric, sizeOf, withField } from '../../../bson/index.ts'
import type { ValueOrder } from '../../collation/index.ts'
import { ServerError } from '../../errors.ts'
import type { Expression, ExpressionContext } from '../../expression/index.ts'
import type { Accumulator } from '../accumulators/accumulator.ts'
import { type AccumulatedField, parseAccumulated } from '../accumulators/parse.ts'
import { BlockingFlow, type Flow } from '../flow.ts'
import type { StageDescriptor } from '../stage.ts'

/** Source: document_source_group_base.cpp (8.0). */
export const group: StageDescriptor = {
  name: '$group',
  parse(spec, { expressions }) {
    if (!isDocument(spec)) {
      throw new ServerError(15947, "a group's fields must be specified in an object")
    }
    if (!Object.hasOwn(spec, '_id')) {
      throw new ServerError(15955, 'a group specification must include an _id')
    }
    const id = compileId(spec['_id'], expressions)
    const fields = Object.keys(spec)
      .filter((name) => name !== '_id')
      .map((name) => parseAccumulated(name, spec[name], expressions))
    return { open: (input) => new GroupFlow(input, id, fields, expressions.order) }
  },
}

function compileId(given: unknown, expressions: ExpressionContext): Expression {
  if (isDocument(given) && !Object.keys(given)[0]?.startsWith('$')) {
    for (const value of Object.values(given)) {
      if (!isNumeric(value) && typeof value !== 'boolean') continue
      throw new ServerError(17390, '$group does not support inclusion-style expressions')
    }
  }
  return expressions.compile(given)
}

interface Group {
  readonly id: unknown
  readonly accumulators: readonly Accumulator[]
}

/** Groups come out in the order in which they were met; the server promises none. */
class GroupFlow extends BlockingFlow {
  readonly #id: Expression
  readonly #fields: readonly AccumulatedField[]
  readonly #order: ValueOrder
  readonly #groups = new Map<string, Group>()

  constructor(input: Flow, id: Expression, fields: readonly AccumulatedField[], order: ValueOrder) {
    super(input)
    this.#order = order
    this.#id = id
    this.#fields = fields
  }

  protected override take(document: Document): void {
    // A missing value groups as null, where it is not part of a document.
    const id = this.#id(document) ?? null
    const { accumulators } = this.#groupOf(id)
    const fields = this.#fields
    for (let i = 0; i < fields.length; i++) accumulators[i]!.add(fields[i]!.argument(document))
  }

  protected override *finish(): Iterable<Document> {
    for (const { id, accumulators } of this.#groups.values()) {
      let document: Document = { _id: id }
      for (let i = 0; i < accumulators.length; i++) {
        const value = accumulators[i]!.value() ?? null
        document = withField(document, this.#fields[i]!.name, value)
      }
      checkSize(document)
      yield document
    }
  }

  #groupOf(id: unknown): Group {
    const key = this.#order.keyOf(id)
    const known = this.#groups.get(key)
    if (known !== undefined) return known
    const made = { id, accumulators: this.#fields.map((field) => field.make()) }
    this.#groups.set(key, made)
    return made
  }
}

/** Server: BSONObjMaxInternalSize, 16 MiB and 16 KiB. */
const INTERNAL_BYTES_MAX = 16_793_600

function checkSize(document: Document): void {
  const sizeBytes = sizeOf(document)
  if (sizeBytes <= INTERNAL_BYTES_MAX) return
  throw new ServerError(
    'BSONObjectTooLarge',
    `BSONObj size: ${sizeBytes} (0x${sizeBytes.toString(16).toUpperCase()}) is invalid. Size must be between 0 and ${INTERNAL_BYTES_MAX}(16MB)`,
  )
}
