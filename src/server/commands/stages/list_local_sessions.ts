import { type Document, isDocument, typeNameOf } from '../../../bson/index.ts'
import { ServerError, type StageDescriptor } from '../../../engine/index.ts'
import { checkDocumentFields, fieldTable, types } from '../../fields.ts'
import type { Invocation } from '../../invocation.ts'
import { refuseUnsupported } from '../../unsupported.ts'

const FIELDS = fieldTable({ allUsers: types.bool, users: types.array })

/** The sessions in use. Source: document_source_list_local_sessions.cpp (8.0). */
export function listLocalSessionsStage(invocation: Invocation): StageDescriptor {
  return {
    name: '$listLocalSessions',
    parse(spec) {
      if (!isDocument(spec)) {
        throw new ServerError(
          'TypeMismatch',
          `$listLocalSessions options must be specified in an object, but found: ${typeNameOf(spec)}`,
        )
      }
      checkDocumentFields(spec, '$listLocalSessions', FIELDS)
      refuseUnsupported(spec, ['users'])
      return {
        source: {
          isCollectionless: true,
          allowedInTransaction: false,
          inApiVersion1: false,
          documents: () => sessionsOf(invocation),
        },
        open: (input) => input,
      }
    },
  }
}

function sessionsOf({ server }: Invocation): Document[] {
  // Those that have ended wait to be swept up, and nobody uses them any more.
  return [...server.sessions.all()]
    .filter(({ lastUsedUs }) => Number.isFinite(lastUsedUs))
    .map(({ id, lastUsedUs }) => ({
      _id: id.document,
      lastUse: new Date(Math.floor(lastUsedUs / 1000)),
    }))
}
