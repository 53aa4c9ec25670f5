import { type Document, isDocument, typeNameOf } from '../../../bson/index.ts'
import { ServerError, type StageDescriptor } from '../../../engine/index.ts'
import { fullUserName, userText } from '../../auth/names.ts'
import { checkDocumentFields, fieldTable, types } from '../../fields.ts'
import type { Invocation } from '../../invocation.ts'

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
      const users = usersIn(spec)
      return {
        source: {
          isCollectionless: true,
          allowedInTransaction: false,
          inApiVersion1: false,
          documents: () => sessionsOf(invocation, users),
        },
        open: (input) => input,
      }
    },
  }
}

/** Whose sessions are asked for, by name; nothing for those of the user who asks. */
function usersIn(spec: Document): 'all' | ReadonlySet<string> | undefined {
  const { allUsers, users } = spec
  const named = Array.isArray(users) && users.length > 0
  if (allUsers === true && named) {
    throw new ServerError(
      'UnsupportedFormat',
      '$listLocalSessions may not specify {allUsers:true} and {users:[...]} at the same time',
    )
  }
  if (allUsers === true) return 'all'
  return named ? new Set(users.map((one) => userText(fullUserName(one)))) : undefined
}

function sessionsOf(
  { server, connection }: Invocation,
  users: ReturnType<typeof usersIn>,
): Document[] {
  const { sessionOwner } = connection.authorization
  const asked = users ?? new Set([sessionOwner.name])
  // Those that have ended wait to be swept up, and nobody uses them any more.
  return [...server.sessions.all()]
    .filter(({ lastUsedUs }) => Number.isFinite(lastUsedUs))
    .filter(({ id }) => asked === 'all' || asked.has(id.owner.name))
    .map(({ id, lastUsedUs }) => ({
      _id: id.document,
      lastUse: new Date(Math.floor(lastUsedUs / 1000)),
      ...(id.owner.name === '' ? {} : { user: id.owner.name }),
    }))
}
