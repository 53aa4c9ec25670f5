/**
 * `engine/expression`: what is computed of a document, compiled.
 *
 * `{ $add: ['$price', 1] }` becomes a function of a document. Pipelines, `$expr` in filters,
 * computed fields of projections and updates by pipeline all come through
 * `ExpressionContext.compile`, which also knows the variables in scope, the moment of the command,
 * and how values compare.
 *
 * Operators are ours rather than a library's: their results keep BSON's number types and compare in
 * BSON's order, their errors are the server's, dates know time zones without asking the machine's,
 * and all of them together load in a few milliseconds.
 *
 * Also here, since all of the language shares them: rules of field paths, truth, regular
 * expressions. Imports `bson`, `collation`, `sort` and the engine's errors only.
 */

export type { Expression } from './compile.ts'
export { ExpressionContext, type Runtime, type Variable } from './context.ts'
export { Deviation } from './deviation.ts'
export { ExactSum, int64Of } from './exact_sum.ts'
export { parseFieldPath } from './field_path.ts'
export { int32Of, int64ValueOf } from './integers.ts'
export { constantOf, isNullish, namedArguments, typeText } from './operator.ts'
export { mergedWith } from './operators/objects.ts'
export { countOf, fewArguments, percentileArguments } from './operators/statistics.ts'
export { percentilesOf, sharesOf } from './percentiles.ts'
export { asRegex, compileRegex, literalPrefix, type Regex } from './regex.ts'
export { isTrue } from './truth.ts'
