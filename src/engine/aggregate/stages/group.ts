import { type Document, isDocument, isNumeric } from '../../../bson/index.ts'
import type { ValueOrder } from '../../collation/index.ts'
import { ServerError } from '../../errors.ts'
import type { Expression, ExpressionContext } from '../../expression/index.ts'
import type { Accumulator } from '../accumulators/accumulator.ts'
import { type AccumulatedField, parseAccumulated } from '../accumulators/parse.ts'
import { BlockingFlow, type Flow } from '../flow.ts'
import { groupDocument } from '../group_document.ts'
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
      yield groupDocument(id, this.#fields, accumulators)
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
