import type { Document } from '../../bson/index.ts'
import type { CommandDescriptor } from '../descriptor.ts'
import type { Invocation } from '../invocation.ts'

/** Source: buildinfo.idl. `modules` names what this is, for those who want to know. */
export const buildInfo = {
  name: 'buildInfo',
  aliases: ['buildinfo'],
  target: 'database',
  secondaryAllowed: 'always',
  strict: false,
  countsAsCommand: true,
  beforeAuthentication: true,
  run({ server }: Invocation): Document {
    const { version } = server.identity
    return {
      version,
      gitVersion: 'palimpsest',
      modules: ['palimpsest'],
      allocator: 'system',
      javascriptEngine: 'none',
      sysInfo: 'deprecated',
      versionArray: [...version.split('.').map(Number), 0],
      openssl: { running: 'disabled', compiled: 'disabled' },
      bits: 64,
      debug: false,
      maxBsonObjectSize: 16_777_216,
      storageEngines: ['wiredTiger'],
      ok: 1,
    }
  },
} as const satisfies CommandDescriptor
