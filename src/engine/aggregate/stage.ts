import type { Document } from '../../bson/index.ts'
import type { ChangeExtent, ChangeStreamSpec } from '../changes/index.ts'
import type { ExpressionContext } from '../expression/index.ts'
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
}

/** One kind of stage. */
export interface StageDescriptor {
  readonly name: string
  /** @throws ServerError for a specification that makes no sense */
  parse(spec: unknown, context: ParseContext): Omit<Stage, 'name' | 'spec'>
}
