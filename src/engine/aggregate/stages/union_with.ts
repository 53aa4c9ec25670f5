import { type Document, isDocument } from '../../../bson/index.ts'
import type { Namespace } from '../../catalog/namespace.ts'
import { ServerError } from '../../errors.ts'
import type { Pulled } from '../../exec/plan_executor.ts'
import { typeText } from '../../expression/index.ts'
import type { OperationContext } from '../../operation_context.ts'
import { DocumentsFlow, type Flow } from '../flow.ts'
import { collect, namespaceIn, reachOf } from '../foreign.ts'
import type { Pipeline, Reach, StageDescriptor } from '../stage.ts'

/**
 * Documents, and then those of another collection. Source: document_source_union_with.cpp (8.0).
 */
export const unionWith: StageDescriptor = {
  name: '$unionWith',
  parse(spec, context) {
    const given = typeof spec === 'string' ? { coll: spec } : fieldsOf(spec)
    const reach = reachOf('$unionWith', context)
    const pipeline = context.inner(given['pipeline'] ?? [], '$unionWith')
    const ns = foreignOf(given, pipeline, reach.db)
    const reads = [ns, ...pipeline.stages.flatMap((stage) => stage.reads ?? [])]
    return { reads, open: (input) => new UnionFlow(input, reach, ns, pipeline) }
  },
}

function fieldsOf(spec: unknown): Document {
  if (!isDocument(spec)) {
    throw new ServerError(
      'FailedToParse',
      `the $unionWith stage specification must be an object or string, but found ${typeText(spec)}`,
    )
  }
  for (const name in spec) {
    if (name === 'coll' || name === 'pipeline') continue
    throw new ServerError(40415, `BSON field '$unionWith.${name}' is an unknown field.`)
  }
  return spec
}

function foreignOf({ coll }: Document, { stages }: Pipeline, db: string): Namespace {
  if (coll !== undefined) return namespaceIn('$unionWith', 'coll', coll, db)
  if (stages[0]?.source !== undefined) return { db, coll: '$cmd.aggregate' }
  throw new ServerError(
    'FailedToParse',
    '$unionWith stage without explicit collection must have a pipeline with $documents as first stage',
  )
}

class UnionFlow implements Flow {
  readonly #input: Flow
  readonly #reach: Reach
  readonly #ns: Namespace
  readonly #pipeline: Pipeline
  /** The other documents, once our own are over. */
  #others: Flow | undefined

  constructor(input: Flow, reach: Reach, ns: Namespace, pipeline: Pipeline) {
    this.#input = input
    this.#reach = reach
    this.#ns = ns
    this.#pipeline = pipeline
  }

  get document(): Document {
    return (this.#others ?? this.#input).document
  }

  next(op: OperationContext): Pulled {
    if (this.#others === undefined) {
      const pulled = this.#input.next(op)
      if (pulled !== 'end') return pulled
      // All at once: a batch may end in between, and its snapshot with it.
      this.#others = new DocumentsFlow(collect(op, this.#reach.open(op, this.#ns, this.#pipeline)))
    }
    return this.#others.next(op)
  }
}
