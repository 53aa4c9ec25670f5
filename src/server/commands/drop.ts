import type { Document } from '../../bson/index.ts'
import { dropCollection, dropView, findView, namespaceText } from '../../engine/index.ts'
import type { Operation } from '../../sim/index.ts'
import type { CommandDescriptor } from '../descriptor.ts'
import type { Invocation } from '../invocation.ts'

/** Source: drop_command in dbcommands.cpp (8.0): dropping what is not there succeeds. */
export const drop = {
  name: 'drop',
  target: 'collection',
  inApiVersion1: true,
  supportsWriteConcern: true,
  countsAsCommand: true,
  profiledAs: 'command',
  writes: true,
  *run(invocation: Invocation): Operation<Document> {
    const { op, ns } = invocation
    if (findView(op, ns) !== undefined) {
      invocation.wrote = yield* dropView(op, ns)
      return { ns: namespaceText(ns), ok: 1 }
    }
    const dropped = yield* dropCollection(op, ns)
    if (dropped === undefined) return { ok: 1 }
    invocation.wrote = true
    return { nIndexesWas: dropped.nIndexesWas, ns: namespaceText(ns), ok: 1 }
  },
} as const satisfies CommandDescriptor
