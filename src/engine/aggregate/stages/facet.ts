import { type Document, isDocument } from '../../../bson/index.ts'
import { invariant } from '../../../invariant.ts'
import { ServerError } from '../../errors.ts'
import { typeText } from '../../expression/index.ts'
import type { OperationContext } from '../../operation_context.ts'
import { BlockingFlow, DocumentsFlow, type Flow } from '../flow.ts'
import { openFlow } from '../open_flow.ts'
import type { Pipeline, StageDescriptor } from '../stage.ts'

/** Several pipelines over the same documents. Source: document_source_facet.cpp (8.0). */
export const facet: StageDescriptor = {
  name: '$facet',
  parse(spec, context) {
    if (!isDocument(spec) || Object.keys(spec).length === 0) {
      throw new ServerError(40169, 'the $facet specification must be a non-empty object')
    }
    const facets = Object.entries(spec).map(([name, given]) => {
      checkName(name)
      if (!Array.isArray(given)) {
        throw new ServerError(
          40170,
          `arguments to $facet must be arrays, ${name} is type ${typeText(given)}`,
        )
      }
      return [name, context.inner(given, '$facet')] as const
    })
    const reads = facets.flatMap(([, { stages }]) => stages.flatMap((stage) => stage.reads ?? []))
    return { inFacet: false, reads, open: (input) => new FacetFlow(input, facets) }
  },
}

function checkName(name: string): void {
  if (name !== '' && !name.startsWith('$') && !name.includes('.')) return
  throw new ServerError(
    name.startsWith('$') ? 16410 : name === '' ? 40352 : 16412,
    `$facet output field names must not be empty, start with '$' or contain '.': ${name}`,
  )
}

class FacetFlow extends BlockingFlow {
  readonly #facets: readonly (readonly [string, Pipeline])[]
  readonly #documents: Document[] = []

  constructor(input: Flow, facets: readonly (readonly [string, Pipeline])[]) {
    super(input)
    this.#facets = facets
  }

  protected override take(document: Document): void {
    this.#documents.push(document)
  }

  protected override finish(op: OperationContext): Iterable<Document> {
    const results = this.#facets.map(([name, { stages }]) => [
      name,
      allOf(openFlow(stages, new DocumentsFlow(this.#documents)), op),
    ])
    return [Object.fromEntries(results) as Document]
  }
}

function allOf(flow: Flow, op: OperationContext): Document[] {
  const documents: Document[] = []
  for (;;) {
    const pulled = flow.next(op)
    invariant(pulled !== 'yield', 'documents that are there already need no yield')
    if (pulled === 'end') return documents
    documents.push(flow.document)
  }
}
