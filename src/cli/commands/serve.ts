import type { UserOptions } from '../../listening.ts'
import { Palimpsest, type ServeOptions } from '../../palimpsest.ts'
import {
  type Command,
  CommandFailure,
  type GivenOptions,
  type OptionDescriptor,
  UsageError,
} from '../command.ts'
import type { Terminal } from '../terminal.ts'

/** Where MongoDB's own tools look first. */
const PORT_DEFAULT = '27017'

const OPTIONS = {
  port: { type: 'string', value: 'PORT', help: `TCP port (${PORT_DEFAULT}); 0 takes a free one` },
  host: { type: 'string', value: 'HOST', help: 'address to listen on (127.0.0.1)' },
  socket: { type: 'string', value: 'PATH', help: 'a Unix socket instead, named something.sock' },
  advertise: { type: 'string', value: 'HOST:PORT', help: 'as clients reach it, behind a mapping' },
  auth: {
    type: 'string',
    value: 'USER:PASSWORD',
    multiple: true,
    help: 'clients have to log in; may be given several times',
  },
  'auth-db': { type: 'string', value: 'DB', help: 'where users of --auth are made (admin)' },
  time: { type: 'string', value: 'MODE', help: 'real, manual or auto (real)' },
  idle: { type: 'string', value: 'MS', help: 'quiet milliseconds before time jumps (50)' },
  seed: { type: 'string', value: 'N', help: 'drives every choice that chance makes (1)' },
  standalone: { type: 'boolean', help: 'no replica set: transaction numbers are refused' },
} as const satisfies Readonly<Record<string, OptionDescriptor>>

export const serve: Command = {
  name: 'serve',
  summary: 'listens for drivers, by the wire protocol',
  help:
    'Serves a simulator until SIGINT, SIGTERM or a shutdown command. The first line on stdout is\n' +
    'its connection string, printed once it accepts connections. Nothing is stored: all is gone\n' +
    'when it ends.\n' +
    '\n' +
    '--time manual stands still until { palimpsestAdvanceClock: 1, ms: N } is run against admin;\n' +
    '--time auto jumps once everybody sleeps and no command came or went for --idle milliseconds.\n' +
    '\n' +
    'A user of --auth may do anything, and logs in by SCRAM. It is found where the connection\n' +
    'string says so: by its authSource, else by its database, else on admin.',
  options: OPTIONS,
  async run(given, terminal) {
    const options = serveOptions(given, terminal)
    const sim = await started(options)
    terminal.print(`${sim.getUri()}\n`)
    await Promise.race([signalToEnd(), sim.stopped])
    await sim.stop()
    return 0
  },
}

/** @throws UsageError for a value that can't be read */
function serveOptions(given: GivenOptions, terminal: Terminal): ServeOptions {
  const path = given.text('socket')
  const host = given.text('host')
  const advertise = given.text('advertise')
  const port = given.text('port')
  if (path !== undefined && (host !== undefined || port !== undefined)) {
    throw new UsageError('serve: --socket goes without --host and --port')
  }
  const tcp = { port: wholeNumber('port', port ?? PORT_DEFAULT) }
  const idle = given.text('idle')
  const users = given.texts('auth').map((text) => userIn(text, given.text('auth-db') ?? 'admin'))
  return {
    ...(path === undefined ? tcp : { path }),
    ...(host === undefined ? {} : { host }),
    ...(advertise === undefined ? {} : { advertise }),
    ...(idle === undefined ? {} : { idleMs: wholeNumber('idle', idle) }),
    ...(users.length === 0 ? {} : { auth: { users } }),
    time: timeMode(given.text('time') ?? 'real'),
    seed: wholeNumber('seed', given.text('seed') ?? '1'),
    persona: given.flag('standalone') ? 'standalone' : 'replicaSet',
    onWarning: (message) => terminal.complain(`palimpsest: ${message}`),
  }
}

/** Everything after the first colon is the password. */
function userIn(text: string, db: string): UserOptions {
  const colon = text.indexOf(':')
  if (colon > 0 && colon < text.length - 1) {
    return { user: text.slice(0, colon), pwd: text.slice(colon + 1), db }
  }
  throw new UsageError('serve: --auth takes a user and a password, as app:secret')
}

function timeMode(text: string): 'real' | 'manual' | 'auto' {
  if (text === 'real' || text === 'manual' || text === 'auto') return text
  throw new UsageError(`serve: --time is real, manual or auto, not '${text}'`)
}

function wholeNumber(name: string, text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw new UsageError(`serve: --${name} takes a whole number, not '${text}'`)
}

/** @throws CommandFailure where the place is taken; UsageError for options that make no sense */
async function started(options: ServeOptions): Promise<Palimpsest> {
  try {
    return await Palimpsest.serve(options)
  } catch (cause) {
    if (cause instanceof TypeError || cause instanceof RangeError) {
      throw new UsageError(`serve: ${cause.message}`, { cause })
    }
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new CommandFailure(`can't listen: ${why}`, { cause })
  }
}

/** Resolves at the first signal that asks to end. A second one finds Node's own answer to it. */
function signalToEnd(): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      process.off('SIGINT', end)
      process.off('SIGTERM', end)
      resolve()
    }
    process.on('SIGINT', end)
    process.on('SIGTERM', end)
  })
}
