import { EJSON } from 'bson'
import type { DemoReport } from './report.ts'

/**
 * The demonstration as one JSON object:
 *
 *     { version, seed, startAt, stories: [{ id, title, about, actors, steps, timeline, figures }] }
 *
 * The parts of a story are those of `Story` (story/story.ts), under the same names. BSON values
 * that JSON does not have are in MongoDB's Extended JSON, relaxed: a date is `{ "$date": "..." }`.
 */
export function demoJson(report: DemoReport): string {
  return EJSON.stringify({ ...report, startAt: report.startAt.toISOString() }, undefined, 2)
}
