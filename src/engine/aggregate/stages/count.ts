import { type Document, withField } from '../../../bson/index.ts'
import { ServerError } from '../../errors.ts'
import { int64Of } from '../../expression/index.ts'
import { BlockingFlow, type Flow } from '../flow.ts'
import type { StageDescriptor } from '../stage.ts'

/** One document with the number of those that came in; none where none came. */
export const count: StageDescriptor = {
  name: '$count',
  parse(spec) {
    const name = checkName(spec)
    return { open: (input) => new CountFlow(input, name) }
  },
}

/** Source: document_source_count.cpp (8.0). */
function checkName(spec: unknown): string {
  if (typeof spec !== 'string') {
    throw new ServerError(40156, 'the count field must be a non-empty string')
  }
  if (spec === '') throw new ServerError(40157, 'the count field must be a non-empty string')
  if (spec.startsWith('$')) {
    throw new ServerError(40158, 'the count field cannot be a $-prefixed path')
  }
  if (spec.includes('\0')) {
    throw new ServerError(40159, 'the count field cannot contain a null byte')
  }
  if (spec.includes('.')) throw new ServerError(40160, "the count field cannot contain '.'")
  // The server makes a $group of it, which has its own _id.
  if (spec === '_id') throw new ServerError(15948, "a group's _id may only be specified once")
  return spec
}

class CountFlow extends BlockingFlow {
  readonly #name: string
  #count = 0

  constructor(input: Flow, name: string) {
    super(input)
    this.#name = name
  }

  protected override take(): void {
    this.#count++
  }

  protected override finish(): Iterable<Document> {
    return this.#count === 0 ? [] : [withField({}, this.#name, int64Of(this.#count))]
  }
}
