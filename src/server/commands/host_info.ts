import type { Document } from '../../bson/index.ts'
import type { CommandDescriptor } from '../descriptor.ts'
import type { Invocation } from '../invocation.ts'

/** What every simulator runs on, wherever it runs: the same in every replay. */
const HARDWARE = {
  cpuAddrSize: 64,
  memSizeMB: 4096,
  memLimitMB: 4096,
  numCores: 1,
  cpuArch: 'x86_64',
  numaEnabled: false,
}

/** Source: hostinfo_cmd.cpp (8.0). */
export const hostInfo = {
  name: 'hostInfo',
  aliases: ['hostinfo'],
  target: 'database',
  secondaryAllowed: 'always',
  strict: false,
  countsAsCommand: true,
  run({ server, op }: Invocation): Document {
    return {
      system: {
        currentTime: new Date(Math.floor(op.clock.now())),
        hostname: server.identity.host,
        ...HARDWARE,
      },
      os: { type: 'Palimpsest', name: 'simulator', version: server.identity.version },
      extra: {},
      ok: 1,
    }
  },
} as const satisfies CommandDescriptor
