import { isDocument } from '../../../bson/index.ts'
import { ServerError } from '../../errors.ts'
import type { StageDescriptor } from '../stage.ts'

/** Documents written out in the pipeline. Source: document_source_documents.cpp (8.0). */
export const documents: StageDescriptor = {
  name: '$documents',
  parse(spec, { expressions }) {
    const made = expressions.compile(spec)({})
    if (!Array.isArray(made)) {
      throw new ServerError(5858203, 'an array is expected')
    }
    for (const document of made) {
      if (isDocument(document)) continue
      throw new ServerError(40228, "'newRoot' expression must evaluate to an object")
    }
    return {
      source: {
        isCollectionless: true,
        allowedInTransaction: true,
        inApiVersion1: true,
        documents: () => made,
      },
      open: (input) => input,
    }
  },
}
