import type { Document } from '../bson/index.ts'
import type { ParameterOptions } from '../engine/index.ts'
import { type MongodOption, type MongodOptionName, optionNamed } from './options.ts'
import { type GivenArguments, parseArguments, parseError } from './parse.ts'
import { parametersOf } from './set_parameter.ts'

/** What a command line asks for. */
export interface MongodSettings {
  /** To run, or only to say something. */
  readonly action: 'run' | 'help' | 'version'
  readonly port: number
  /** Addresses, and paths of Unix sockets, as `--bind_ip` lists them. */
  readonly bindIps: readonly string[]
  readonly ipv6: boolean
  /** Where the Unix socket of this port goes; undefined for none. */
  readonly socketFolder: string | undefined
  readonly dbPath: string | undefined
  /** Undefined for a server by itself. */
  readonly setName: string | undefined
  readonly auth: boolean
  readonly keyFile: string | undefined
  readonly parameters: ParameterOptions
  readonly logPath: string | undefined
  readonly logAppend: boolean
  readonly pidFilePath: string | undefined
  /** As `getCmdLineOpts` shows them: words, and the configuration that they amount to. */
  readonly commandLine: { readonly argv: readonly string[]; readonly parsed: Document }
}

const PORT_DEFAULT = 27_017

/** MongoDB's own, and what others call a store in memory. */
const STORAGE_ENGINES: readonly string[] = ['wiredTiger', 'inMemory', 'ephemeralForTest']

/**
 * @param args what follows the program's name
 * @throws MongodUsageError for what makes no sense
 */
export function settingsOf(args: readonly string[]): MongodSettings {
  const given = parseArguments(args)
  const text = (name: MongodOptionName): string | undefined => given.get(name)?.[0]
  const auth = (given.has('auth') || given.has('keyFile')) && !given.has('noauth')
  checkStorageEngine(text('storageEngine'))
  if (given.has('logappend') && !given.has('logpath')) {
    throw parseError('logappend requires logpath')
  }
  return {
    action: given.has('help') ? 'help' : given.has('version') ? 'version' : 'run',
    port: portOf(text('port')),
    bindIps: bindIpsOf(given, text('bind_ip')),
    ipv6: given.has('ipv6'),
    socketFolder: given.has('nounixsocket') ? undefined : (text('unixSocketPrefix') ?? '/tmp'),
    dbPath: text('dbpath'),
    // A list of seeds may follow the name, as it did in old times.
    setName: text('replSet')?.split('/')[0],
    auth,
    keyFile: text('keyFile'),
    parameters: parametersOf(given.get('setParameter') ?? []),
    logPath: text('logpath'),
    logAppend: given.has('logappend'),
    pidFilePath: text('pidfilepath'),
    commandLine: { argv: ['mongod', ...args], parsed: parsedOf(given) },
  }
}

function portOf(text: string | undefined): number {
  if (text === undefined) return PORT_DEFAULT
  if (!/^\d{1,6}$/.test(text)) {
    throw parseError(`the argument ('${text}') for option '--port' is invalid`)
  }
  const port = Number(text)
  if (port <= 65_535) return port
  throw parseError(`bad --port number: ${port}`)
}

function bindIpsOf(given: GivenArguments, text: string | undefined): readonly string[] {
  if (given.has('bind_ip_all')) {
    if (text !== undefined) throw parseError("Can't specify both '--bind_ip' and '--bind_ip_all'")
    return ['*']
  }
  const listed = (text ?? 'localhost').split(',').map((address) => address.trim())
  return listed.filter((address, at) => address !== '' && listed.indexOf(address) === at)
}

function checkStorageEngine(name: string | undefined): void {
  if (name === undefined || STORAGE_ENGINES.includes(name)) return
  throw parseError(`Cannot start server with an unknown storage engine: ${name}`)
}

/** The configuration file that would say the same. */
function parsedOf(given: GivenArguments): Document {
  const parsed: Document = {}
  for (const [name, values] of given) {
    const option: MongodOption | undefined = optionNamed(name)
    if (option?.path !== undefined) put(parsed, option.path.split('.'), valueIn(name, values))
  }
  return parsed
}

function valueIn(name: MongodOptionName, values: readonly string[]): unknown {
  if (name === 'auth') return 'enabled'
  if (name === 'noauth') return 'disabled'
  if (name === 'nounixsocket') return false
  if (name === 'setParameter') {
    return Object.fromEntries(values.map((text) => text.split(/=(.*)/s, 2)))
  }
  const [value] = values
  if (value === undefined) return true
  return name === 'port' ? Number(value) : value
}

function put(document: Document, [first, ...rest]: string[], value: unknown): void {
  if (first === undefined) return
  if (rest.length === 0) {
    document[first] = value
    return
  }
  document[first] ??= {}
  put(document[first] as Document, rest, value)
}
