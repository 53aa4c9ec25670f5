import type { Document } from '../../bson/index.ts'
import { type Pipeline, parsePipeline, type StageDescriptor } from '../aggregate/index.ts'
import type { Namespace } from '../catalog/namespace.ts'
import type { OperationContext } from '../operation_context.ts'
import { findCollection } from './acquire.ts'
import { CollectionReader } from './collection_reader.ts'
import { languageFor } from './language.ts'

export interface PipelineRequest {
  /** As the command has it. */
  readonly pipeline: unknown
  readonly collation: Document | undefined
  /** `{ aggregate: 1 }`: the documents come from the first stage. */
  readonly isCollectionless: boolean
  /** Whether the client wants the stable API, version 1, and nothing else. */
  readonly isApiStrict: boolean
  /** Stages that whoever runs the pipeline brings along. */
  readonly stages?: ReadonlyMap<string, StageDescriptor>
}

/** @throws ServerError of `parsePipeline` and of a bad collation */
export function preparePipeline(
  op: OperationContext,
  ns: Namespace,
  { pipeline, collation, ...options }: PipelineRequest,
): Pipeline {
  const collection = options.isCollectionless ? undefined : findCollection(op, ns)
  const language = languageFor(op, collation === undefined ? collection : undefined, collation)
  const stages = parsePipeline(pipeline, {
    ...options,
    expressions: language,
    reach: new CollectionReader(ns.db),
    inTransaction: op.inTransaction,
  })
  return { stages, language }
}
