import type { Document } from '../../../bson/index.ts'
import { namespaceText } from '../../../engine/index.ts'
import type { CommandDescriptor } from '../../descriptor.ts'
import type { Invocation } from '../../invocation.ts'

/** What was done with each collection that there is. Source: top_command.cpp, top.cpp (8.0). */
export const top = {
  name: 'top',
  target: 'database',
  secondaryAllowed: 'always',
  strict: false,
  adminOnly: true,
  countsAsCommand: true,
  run({ server }: Invocation): Document {
    const { catalog } = server.services
    const totals: Document = { note: 'all times in microseconds' }
    for (const db of catalog.databases()) {
      for (const { ns } of catalog.collections(db)) {
        totals[namespaceText(ns)] = server.usage.of(ns).document
      }
    }
    return { totals, ok: 1 }
  },
} as const satisfies CommandDescriptor
