import type { Document } from '../../bson/index.ts'
import type { Namespace } from '../catalog/namespace.ts'
import type { ChangeExtent, ChangeStreamSpec } from '../changes/index.ts'
import type { ExpressionContext } from '../expression/index.ts'
import type { OperationContext } from '../operation_context.ts'
import type { Flow } from './flow.ts'

/** What a query at the front of a pipeline can do in a stage's place. */
export type QueryStage =
  | { readonly kind: 'match'; readonly filter: Document }
  | { readonly kind: 'sort'; readonly pattern: Document }
  | { readonly kind: 'skip'; readonly count: number }
  | { readonly kind: 'limit'; readonly count: number }

/** `$changeStream`, and what it is about. */
export interface ChangeSource {
  readonly extent: ChangeExtent
  readonly spec: ChangeStreamSpec
}

/** A stage, parsed: it may be opened any number of times. */
export interface Stage {
  readonly name: string
  /** Its specification, as explain shows it. */
  readonly spec: unknown
  readonly query?: QueryStage
  /** For a stage that makes one document of each: what updates by pipeline are made of. */
  readonly transform?: (document: Document) => Document
  /** For a stage that makes documents instead of taking them. */
  readonly source?: SourceStage
  /** For a stage that writes what comes in, and gives nothing. */
  readonly output?: OutputStage
  /** The collections that it reads beside the pipeline's own. */
  readonly reads?: readonly Namespace[]
  /** Whether it may stand within a `$facet`; nothing: it may. */
  readonly inFacet?: false
  /** For a stage that makes events of changes. */
  readonly changes?: ChangeSource
  /** Runs it over what comes in. */
  open(input: Flow): Flow
}

/** A stage that stands first and makes the documents that the others work on. */
export interface SourceStage {
  /** Without a collection, `{ aggregate: 1 }`; or with one. */
  readonly isCollectionless: boolean | 'either'
  readonly allowedInTransaction: boolean
  /** Part of the stable API, version 1. */
  readonly inApiVersion1: boolean
  documents(): readonly Document[]
}

export interface ParseContext {
  /** What the expressions of the stages are compiled in. */
  readonly expressions: ExpressionContext
  /** What stages see beside their documents; undefined in an update, which sees nothing else. */
  readonly reach: Reach | undefined
  /**
   * A pipeline within a stage's specification.
   *
   * @param stage that it is part of
   * @param expressions in which it is compiled; nothing: as the stage itself
   */
  inner(given: unknown, stage: string, expressions?: ExpressionContext): Pipeline
}

/** A pipeline, parsed, and what its filters, sorts and expressions were compiled in. */
export interface Pipeline {
  readonly stages: readonly Stage[]
  readonly language: ExpressionContext
}

/** Other collections, as stages read them: in the snapshot of the operation, without a yield. */
export interface Reach {
  /** The database of the command. */
  readonly db: string
  /**
   * Runs a pipeline over a collection.
   *
   * @param filter what else is asked of its documents
   */
  open(op: OperationContext, ns: Namespace, pipeline: Pipeline, filter?: Document): Flow
}

/** What `$out` and `$merge` do with the documents. */
export type OutputStage =
  | { readonly kind: 'out'; readonly ns: Namespace }
  | ({ readonly kind: 'merge' } & MergeSpec)

/** `$merge`, checked. */
export interface MergeSpec {
  readonly ns: Namespace
  /** The fields that tell whether a document is there; undefined: `_id`. */
  readonly on: readonly string[] | undefined
  readonly whenMatched: 'replace' | 'keepExisting' | 'merge' | 'fail' | 'pipeline'
  readonly whenNotMatched: 'insert' | 'discard' | 'fail'
  /** For `whenMatched: [...]`. */
  readonly pipeline: readonly Document[] | undefined
  /** The constants of that pipeline, for a document. */
  readonly constants: (document: Document) => Document
}

/** One kind of stage. */
export interface StageDescriptor {
  readonly name: string
  /** @throws ServerError for a specification that makes no sense */
  parse(spec: unknown, context: ParseContext): Omit<Stage, 'name' | 'spec'>
}
