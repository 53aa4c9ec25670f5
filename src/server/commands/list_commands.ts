import type { Document } from '../../bson/index.ts'
import type { CommandDescriptor } from '../descriptor.ts'
import type { RegisteredCommand } from '../registered_command.ts'

/**
 * Which commands there are. Source: `ListCommandsCmd`, generic_servers.cpp (8.0); a help text
 * is in the server's manual.
 *
 * @param all every command, asked for when the command runs: the table holds this one too
 */
export function listCommands(
  all: () => Iterable<RegisteredCommand>,
): CommandDescriptor & { readonly name: 'listCommands' } {
  return {
    name: 'listCommands',
    target: 'database',
    secondaryAllowed: 'always',
    strict: false,
    countsAsCommand: true,
    beforeAuthentication: true,
    run: () => {
      const commands = [...all()].sort((a, b) => (a.name < b.name ? -1 : 1))
      return {
        commands: Object.fromEntries(commands.map((one) => [one.name, describe(one)])),
        ok: 1,
      }
    },
  }
}

function describe(command: RegisteredCommand): Document {
  return {
    help: '',
    requiresAuth: !command.beforeAuthentication,
    secondaryOk: !command.writes,
    adminOnly: command.adminOnly,
    apiVersions: command.inApiVersion1 ? ['1'] : [],
    deprecatedApiVersions: [],
  }
}
