import type { Document } from '../../../bson/index.ts'
import type { CommandDescriptor } from '../../descriptor.ts'

/** What object ids of this machine would have in common, were they not drawn by chance. */
const OID_MACHINE = 0

/** Source: `FeaturesCmd`, generic_servers.cpp (8.0). */
export const features = {
  name: 'features',
  target: 'database',
  secondaryAllowed: 'always',
  strict: false,
  countsAsCommand: true,
  beforeAuthentication: true,
  run(): Document {
    return { js: { utf8: true }, oidMachine: OID_MACHINE, ok: 1 }
  },
} as const satisfies CommandDescriptor
