/**
 * `engine/query`: the query language over documents, compiled.
 *
 * Filters become predicates and, in a canonical tree, what the planner, upserts and retries read
 * from them; projections become functions. Pure: no storage, no session,
 * no clock. What is compiled keeps references into what was given, which must not change
 * afterwards: the door of the store copies it (`copyIn`).
 *
 * - `compileFilter`, `FilterCache`, and `simpleId` for the one shape that needs neither.
 * - `boundsFor`, `keyRanges`: which part of an index a filter needs; `implies`: whether an index
 *   that lacks documents will do.
 * - `compileProjection`.
 *
 * Everything a user can get wrong is a `ServerError` with the code and message of MongoDB 8.0.
 * Imports `bson` and the engine's errors only.
 */
export { type FilterAnalysis, isExactValue, type PathEquality } from './analysis.ts'
export {
  boundsFor,
  type FieldBounds,
  type IndexBounds,
  type IndexDescription,
} from './bounds/index_bounds.ts'
export type { Endpoint, Interval } from './bounds/interval.ts'
export { type KeyRange, keyRanges } from './bounds/key_ranges.ts'
export { CompiledFilter, compileFilter, orderedFilter } from './compile_filter.ts'
export type { Expression, Leaf, LeafOperator } from './expression.ts'
export { FilterCache } from './filter_cache.ts'
export { implies } from './implication.ts'
export { type IntegerArgument, integerArgument } from './integer_argument.ts'
export { describeSchemaFailure } from './json_schema/compile_schema.ts'
export { matchedPosition } from './match_position.ts'
export { firstFieldName, isOperatorDocument } from './operator_document.ts'
export { isPathKeyword } from './operators/names.ts'
export { compileAddedFields } from './projection/added_fields.ts'
export {
  compileProjection,
  compileStageProjection,
  type Projection,
} from './projection/compile_projection.ts'
export { type QueryTextParts, queryText } from './query_text.ts'
export { simpleId } from './simple_id.ts'
