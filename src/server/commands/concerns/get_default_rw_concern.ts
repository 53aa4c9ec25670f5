import type { Document } from '../../../bson/index.ts'
import { ServerError } from '../../../engine/index.ts'
import type { CommandDescriptor } from '../../descriptor.ts'
import { types } from '../../fields.ts'
import type { Invocation } from '../../invocation.ts'
import { isTrue } from '../../truth.ts'

/** Source: rwc_defaults_commands.cpp (8.0). */
export const getDefaultRWConcern = {
  name: 'getDefaultRWConcern',
  target: 'database',
  secondaryAllowed: 'always',
  fields: { inMemory: types.safeBool },
  adminOnly: true,
  countsAsCommand: true,
  run(invocation: Invocation): Document {
    checkOnReplicaSet(invocation)
    return defaultsReply(invocation, isTrue(invocation.command['inMemory']))
  },
} as const satisfies CommandDescriptor

/** @throws ServerError 51300 on a server by itself */
export function checkOnReplicaSet({ server, descriptor }: Invocation): void {
  if (server.identity.isReplicaSet) return
  throw new ServerError(51300, `'${descriptor.name}' is not supported on standalone nodes.`)
}

export function defaultsReply({ server, op }: Invocation, inMemory: boolean): Document {
  return {
    ...server.concerns.document,
    localUpdateWallClockTime: new Date(Math.floor(op.clock.now())),
    ...(inMemory ? { inMemory } : {}),
    ok: 1,
  }
}
