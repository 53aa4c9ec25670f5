import type { Document } from '../../bson/index.ts'
import type { CommandDescriptor } from '../descriptor.ts'
import type { Invocation } from '../invocation.ts'

/**
 * The command line that started the server, or would have started one like this; test suites look
 * here whether fail points may be set. Source: get_cmd_line_opts in generic_servers.idl (8.0).
 */
export const getCmdLineOpts = {
  name: 'getCmdLineOpts',
  target: 'database',
  secondaryAllowed: 'always',
  strict: false,
  adminOnly: true,
  countsAsCommand: true,
  run({ server, op }: Invocation): Document {
    const { isReplicaSet, setName, host, commandLine } = server.identity
    if (commandLine !== undefined) return { ...commandLine, ok: 1 }
    const port = Number(host.slice(host.lastIndexOf(':') + 1))
    const tests = op.parameters.get('enableTestCommands')
    const argv = ['mongod', '--port', String(port)]
    if (isReplicaSet) argv.push('--replSet', setName)
    if (tests) argv.push('--setParameter', 'enableTestCommands=1')
    return {
      argv,
      parsed: {
        net: { port },
        ...(isReplicaSet ? { replication: { replSet: setName } } : {}),
        ...(tests ? { setParameter: { enableTestCommands: '1' } } : {}),
      },
      ok: 1,
    }
  },
} as const satisfies CommandDescriptor
