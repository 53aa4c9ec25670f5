import { canonicalText, type Document, isDocument } from '../../../bson/index.ts'
import { ServerError } from '../../errors.ts'
import { type Expression, typeText } from '../../expression/index.ts'
import { MapFlow } from '../map_flow.ts'
import type { StageDescriptor } from '../stage.ts'

/** Another document instead of each. Source: document_source_replace_root.cpp (8.0). */
export const replaceRoot: StageDescriptor = {
  name: '$replaceRoot',
  parse(spec, { expressions }) {
    const transform = replacing('newRoot', expressions.compile(newRootOf(spec)))
    return { transform, open: (input) => new MapFlow(input, transform) }
  },
}

export const replaceWith: StageDescriptor = {
  name: '$replaceWith',
  parse(spec, { expressions }) {
    const transform = replacing('replacement document', expressions.compile(spec))
    return { transform, open: (input) => new MapFlow(input, transform) }
  },
}

function newRootOf(spec: unknown): unknown {
  if (!isDocument(spec)) {
    throw new ServerError(
      40229,
      `expected an object as specification for $replaceRoot stage, got ${typeText(spec)}`,
    )
  }
  for (const name in spec) {
    if (name === 'newRoot') continue
    throw new ServerError(
      40230,
      `unrecognized option to $replaceRoot stage: ${name}, only valid option is 'newRoot'.`,
    )
  }
  if ('newRoot' in spec) return spec['newRoot']
  throw new ServerError(40231, 'no newRoot specified for the $replaceRoot stage')
}

function replacing(what: string, expression: Expression): (document: Document) => Document {
  return (document) => {
    const made = expression(document)
    if (isDocument(made)) return made
    const shown = made === undefined ? 'MISSING' : canonicalText(made)
    throw new ServerError(
      40228,
      `'${what}' expression  must evaluate to an object, but resulting value was: ${shown}. Type of resulting value: '${typeText(made)}'. Input document: ${canonicalText(document)}`,
    )
  }
}
