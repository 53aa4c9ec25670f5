/**
 * `engine/explain`: what a statement would do, or did on trial, as the server's explain tells it.
 *
 * `explain.ts` chooses the plan that the statement would run by and, if asked, runs it without
 * writing; `plan_tree.ts` draws it as stages, innermost last. Nothing here is on the way of a
 * statement that is not explained.
 */
export { explain } from './explain.ts'
export type { Execution, ExplainedKind, ExplainRequest, Explanation } from './request.ts'
export { countStages } from './stage_counts.ts'
