/** What a command document is about, before anything else is known of it. */
import { type Document, typeNameOf } from '../bson/index.ts'
import { ServerError } from '../engine/index.ts'
import { collectionlessOf } from './collectionless.ts'
import { findCommand } from './commands/table.ts'
import type { RegisteredCommand } from './registered_command.ts'

/** @throws ServerError CommandNotFound */
export function lookUp(command: Document): RegisteredCommand {
  for (const name in command) {
    const found = findCommand(name)
    if (found !== undefined) return found
    throw new ServerError('CommandNotFound', `no such command: '${name}'`)
  }
  throw new ServerError('CommandNotFound', "no such command: ''")
}

/** @throws ServerError BadValue for a name that is no text */
export function collectionOf(command: Document, descriptor: RegisteredCommand): string {
  if (descriptor.target === 'database') return '$cmd'
  for (const name in command) {
    const value = descriptor.target === 'cursor' ? command['collection'] : command[name]
    if (typeof value === 'string') return value
    if (descriptor.target === 'pipeline') return collectionlessOf(name, value)
    throw new ServerError('BadValue', `collection name has invalid type ${typeNameOf(value)}`)
  }
  return ''
}

/** Who runs, for traces and for those who look at a stuck simulator. */
export function describe(command: Document): string {
  for (const name in command) {
    const target = command[name]
    return typeof target === 'string' ? `${name} ${command['$db']}.${target}` : name
  }
  return ''
}
