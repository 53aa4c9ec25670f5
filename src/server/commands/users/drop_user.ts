import type { Document } from '../../../bson/index.ts'
import { ServerError } from '../../../engine/index.ts'
import { userKey, userText } from '../../auth/names.ts'
import type { CommandDescriptor } from '../../descriptor.ts'
import type { Invocation } from '../../invocation.ts'
import { subjectOf } from './subject.ts'

/** Source: user_management_commands.cpp (8.0). */
export const dropUser = {
  name: 'dropUser',
  target: 'database',
  supportsWriteConcern: true,
  countsAsCommand: true,
  writes: true,
  run(invocation: Invocation): Document {
    const name = subjectOf(invocation)
    const dropped = invocation.server.users.drop((user) => userKey(user.name) === userKey(name))
    if (dropped === 0) {
      throw new ServerError('UserNotFound', `User '${userText(name)}' not found`)
    }
    invocation.wrote = true
    return { ok: 1 }
  },
} as const satisfies CommandDescriptor
