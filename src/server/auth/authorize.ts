import { canonicalText, type Document } from '../../bson/index.ts'
import { ServerError } from '../../engine/index.ts'
import type { Connection } from '../connection.ts'
import type { Invocation } from '../invocation.ts'
import type { RegisteredCommand } from '../registered_command.ts'
import { requirementOf } from './requirements/table.ts'

/**
 * Before a command is looked at more closely: whether somebody has logged in at all.
 *
 * @throws ServerError 13. Source: `checkAuthorizationImplPreParse`, commands.cpp (8.0).
 */
export function checkAuthenticated(
  { authorization }: Connection,
  command: RegisteredCommand,
): void {
  if (command.beforeAuthentication || authorization.user !== undefined) return
  if (authorization.hasLocalhostException) return
  throw new ServerError('Unauthorized', `Command ${command.name} requires authentication`)
}

/**
 * Whether the roles of who sends a command allow it.
 *
 * @throws ServerError 13. Source: `CommandInvocation::checkAuthorization`, commands.cpp (8.0).
 */
export function checkAuthorized(invocation: Invocation): void {
  const { descriptor, command, ns, server, connection } = invocation
  if (descriptor.beforeAuthentication) return
  const { authorization } = connection
  if (requirementOf(descriptor.name)?.({ command, ns, authorization, server }) === true) return
  throw new ServerError(
    'Unauthorized',
    `not authorized on ${ns.db} to execute command ${canonicalText(redacted(command))}`,
  )
}

/** Fields that no message shows. Source: `sensitiveFieldNames` of the commands that have any. */
const SENSITIVE: ReadonlySet<string> = new Set(['pwd', 'payload'])

function redacted(command: Document): Document {
  const shown: Document = {}
  for (const field in command) shown[field] = SENSITIVE.has(field) ? 'xxx' : command[field]
  return shown
}
