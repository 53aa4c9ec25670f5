import { type Document, isDocument } from '../../../bson/index.ts'
import { ServerError } from '../../errors.ts'
import { parseFieldPath } from '../../expression/index.ts'
import { type CompiledSort, compileSort } from '../../sort/index.ts'
import { BlockingFlow, type Flow } from '../flow.ts'
import type { StageDescriptor } from '../stage.ts'

/** Source: document_source_sort.cpp, sort_pattern.cpp (8.0). */
export const sort: StageDescriptor = {
  name: '$sort',
  parse(spec, { expressions }) {
    if (!isDocument(spec)) {
      throw new ServerError(15973, 'the $sort key specification must be an object')
    }
    // Only a query knows the order of records; here it is a field's name, and a bad one.
    if (Object.hasOwn(spec, '$natural')) parseFieldPath('$natural')
    const compiled = compileSort(spec, expressions.order)
    if (compiled.isEmpty) {
      throw new ServerError(15976, '$sort stage must have at least one sort key')
    }
    return {
      query: { kind: 'sort', pattern: spec },
      open: (input) => new SortFlow(input, compiled),
    }
  },
}

class SortFlow extends BlockingFlow {
  readonly #sort: CompiledSort
  readonly #documents: Document[] = []

  constructor(input: Flow, compiled: CompiledSort) {
    super(input)
    this.#sort = compiled
  }

  protected override take(document: Document): void {
    this.#documents.push(document)
  }

  protected override finish(): Iterable<Document> {
    return this.#sort.sort(this.#documents)
  }
}
