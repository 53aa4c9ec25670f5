import { Long } from 'bson'
import { type Document, isDocument } from '../../bson/index.ts'
import { int64 } from '../count.ts'
import type { CommandDescriptor } from '../descriptor.ts'
import type { Invocation } from '../invocation.ts'
import { SECTIONS } from '../status/sections.ts'
import { isTrue } from '../truth.ts'

/** Source: server_status_command.cpp (8.0). */
export const serverStatus = {
  name: 'serverStatus',
  target: 'database',
  secondaryAllowed: 'always',
  strict: false,
  countsAsCommand: true,
  run(invocation: Invocation): Document {
    const { server, command, op } = invocation
    const elapsedMs = op.clock.elapsed()
    const reply: Document = {
      host: server.identity.host,
      version: server.identity.version,
      process: 'mongod',
      pid: Long.ONE,
      uptime: Math.floor(elapsedMs / 1000),
      uptimeMillis: int64(Math.floor(elapsedMs)),
      uptimeEstimate: int64(Math.floor(elapsedMs / 1000)),
      localTime: new Date(Math.floor(op.clock.now())),
    }
    for (const [name, section] of Object.entries(SECTIONS)) {
      if (!isWanted(command, name)) continue
      const content = section(invocation)
      if (content !== undefined) reply[name] = content
    }
    reply['ok'] = 1
    return reply
  },
} as const satisfies CommandDescriptor

/** A section is left out by its name, or with all others by `none`, and taken in by its name. */
function isWanted(command: Document, name: string): boolean {
  const given = command[name]
  if (given === undefined) return !isTrue(command['none'])
  return isDocument(given) || isTrue(given)
}
