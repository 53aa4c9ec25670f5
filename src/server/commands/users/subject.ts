import { typeNameOf } from '../../../bson/index.ts'
import { ServerError } from '../../../engine/index.ts'
import type { UserName } from '../../auth/names.ts'
import type { Invocation } from '../../invocation.ts'

/** Whom a command is about: the user that its first field names. @throws ServerError 14 */
export function subjectOf({ descriptor, command, ns }: Invocation): UserName {
  const { name } = descriptor
  const user = command[name]
  if (typeof user === 'string') return { user, db: ns.db }
  throw new ServerError(
    'TypeMismatch',
    `BSON field '${name}.${name}' is the wrong type '${typeNameOf(user)}', expected type 'string'`,
  )
}
