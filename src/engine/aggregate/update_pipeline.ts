import { type Document, isDocument } from '../../bson/index.ts'
import { ServerError } from '../errors.ts'
import type { ExpressionContext } from '../expression/index.ts'
import { parseStages } from './pipeline.ts'

/** The stages that make one document of each, and need nothing but that document. */
const ALLOWED: ReadonlySet<string> = new Set([
  '$addFields',
  '$project',
  '$replaceRoot',
  '$replaceWith',
  '$set',
  '$unset',
])

/**
 * A pipeline as an update: what it makes of a document.
 * Source: pipeline_executor.cpp, update (8.0).
 *
 * @throws ServerError 72 for a stage that has no place in one, and those of stages
 */
export function compileTransformation(
  pipeline: readonly unknown[],
  expressions: ExpressionContext,
): (document: Document) => Document {
  for (const given of pipeline) {
    const [name] = isDocument(given) ? Object.keys(given) : []
    if (name === undefined || ALLOWED.has(name)) continue
    throw new ServerError('InvalidOptions', `${name} is not allowed to be used within an update`)
  }
  const transforms = parseStages(pipeline, { expressions }).map(({ transform }) => transform!)
  return (document) => transforms.reduce((made, transform) => transform(made), document)
}
