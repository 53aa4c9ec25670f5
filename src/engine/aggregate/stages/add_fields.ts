import { isDocument } from '../../../bson/index.ts'
import { ServerError } from '../../errors.ts'
import { typeText } from '../../expression/index.ts'
import { compileAddedFields } from '../../query/index.ts'
import { MapFlow } from '../map_flow.ts'
import type { StageDescriptor } from '../stage.ts'
import { inStage } from './project.ts'

/** The whole document, with more fields. Source: document_source_add_fields.cpp (8.0). */
function addingStage(name: '$addFields' | '$set'): StageDescriptor {
  return {
    name,
    parse(spec, { expressions }) {
      if (!isDocument(spec)) {
        throw new ServerError(
          40272,
          `${name} specification stage must be an object, got ${typeText(spec)}`,
        )
      }
      const transform = inStage(name, () => compileAddedFields(spec, expressions))
      return { transform, open: (input) => new MapFlow(input, transform) }
    },
  }
}

export const addFields: StageDescriptor = addingStage('$addFields')
export const set: StageDescriptor = addingStage('$set')
