/**
 * `engine/aggregate`: pipelines of stages over documents.
 *
 * A pipeline is parsed once, stage by stage, each by its own file; `splitPipeline` finds the
 * stages at its front that a query does better (with an index), and `openFlow` chains the others:
 * each pulls documents from the one before it. Nothing here finds records or knows a collection;
 * `exec` does, and hands its plan in as the first flow.
 *
 * What users compute with, `$field.path`, constants, documents of them, is compiled by
 * `expression.ts` and nowhere else: the door through which the whole expression language comes.
 *
 * Everything a user can get wrong is a `ServerError` with the code and message of MongoDB 8.0.
 * Imports `bson`, `query` and the engine's errors.
 */
export { DocumentsFlow, type Flow } from './flow.ts'
export { openFlow } from './open_flow.ts'
export { type PipelineOptions, parsePipeline } from './pipeline.ts'
export { type QueryPart, splitPipeline } from './split_pipeline.ts'
export type {
  MergeSpec,
  OutputStage,
  Pipeline,
  Reach,
  SourceStage,
  Stage,
  StageDescriptor,
} from './stage.ts'
export { distinctValuesStage } from './stages/distinct_values.ts'
export { compileTransformation } from './update_pipeline.ts'
