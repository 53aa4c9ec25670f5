import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import type { Clock } from '../../sim/index.ts'
import { type AuthOptions, addUsers } from '../auth/auth_options.ts'
import type { Users } from '../auth/users.ts'
import type { CommandServer } from '../server.ts'
import { dialledAddress, isLoopback, type Place, uriHostOf } from './address.ts'
import { ReplyWriter } from './reply_writer.ts'
import { WireConnection } from './wire_connection.ts'

export interface ListenOptions {
  /** TCP port; 0, the default, takes a free one. */
  readonly port?: number
  /** Name or address to listen on. Default: 127.0.0.1, which no other machine reaches. */
  readonly host?: string
  /** A Unix socket instead of TCP; drivers know it by a name that ends in `.sock`. */
  readonly path?: string
  /**
   * `host:port` as clients reach us, where that differs from what we listen on: a port mapping.
   */
  readonly advertise?: string
  /**
   * With virtual time: how many real milliseconds no command may come in or be answered before time
   * jumps. Default: 50.
   */
  readonly idleMs?: number
  /**
   * Clients have to log in, by SCRAM-SHA-256 or SCRAM-SHA-1, and may do what their roles allow.
   * Without it they may do anything, and need no user.
   */
  readonly auth?: AuthOptions
  /** Takes a line about each connection that ended as it should not, and warnings. */
  readonly log?: (line: string) => void
}

export interface ListenerParts {
  readonly server: CommandServer
  readonly clock: Clock
}

const HOST_DEFAULT = '127.0.0.1'
/**
 * Clients on the same machine answer within a millisecond or two; a busy machine, or one that
 * collects garbage, takes some tens.
 */
const IDLE_MS_DEFAULT = 50

/** Accepts connections at one place, until it is closed. */
export class Listener {
  /** How a connection string names the place: `host:port`, or an escaped path. */
  readonly uriHost: string
  readonly isUnix: boolean
  readonly #net: Server
  readonly #connections: Set<WireConnection>

  private constructor(
    net: Server,
    connections: Set<WireConnection>,
    named: { readonly uriHost: string; readonly isUnix: boolean },
  ) {
    this.#net = net
    this.#connections = connections
    this.uriHost = named.uriHost
    this.isUnix = named.isUnix
  }

  /**
   * @throws TypeError, RangeError for options that make no sense; ServerError for users that can't
   *   be made; what `net.Server.listen` rejects with, such as EADDRINUSE
   */
  static async open(parts: ListenerParts, options: ListenOptions = {}): Promise<Listener> {
    checkListenOptions(options)
    const { host = HOST_DEFAULT, port = 0, path, advertise, idleMs = IDLE_MS_DEFAULT } = options
    const { auth } = options
    const log = options.log ?? ((line: string) => console.warn(line))
    const connections = new Set<WireConnection>()
    const writer = new ReplyWriter()
    let place: Place = path === undefined ? { kind: 'tcp', host, port } : { kind: 'unix', path }
    const net = createServer((socket: Socket) => {
      const dialled = advertise ?? dialledAddress(place, socket)
      const connection = new WireConnection({
        ...parts,
        socket,
        host: dialled,
        idleMs,
        isLoginRequired: auth !== undefined,
        writer,
        log,
      })
      connections.add(connection)
      socket.once('close', () => connections.delete(connection))
    })
    await listening(net, place)
    if (auth !== undefined) addUsersOrClose(parts.server.users, auth, net)
    // Such as having no file descriptor left for one more connection: the others go on.
    net.on('error', (error) => log(`a connection could not be accepted: ${error.message}`))
    const address = net.address()
    if (place.kind === 'tcp' && typeof address === 'object' && address !== null) {
      place = { ...place, port: address.port }
    }
    if (place.kind === 'tcp' && !isLoopback(host) && auth === undefined) {
      log(`listening on ${host}: there is no authentication; whoever reaches it may do anything`)
    }
    const uriHost = advertise ?? uriHostOf(place)
    return new Listener(net, connections, { uriHost, isUnix: place.kind === 'unix' })
  }

  /** Ends every connection and gives the place free. */
  async close(): Promise<void> {
    const closed = once(this.#net, 'close')
    this.#net.close()
    for (const connection of this.#connections) connection.destroy()
    await closed
  }
}

async function listening(net: Server, place: Place): Promise<void> {
  const ready = once(net, 'listening')
  if (place.kind === 'unix') net.listen({ path: place.path })
  else net.listen({ host: place.host, port: place.port })
  await ready
}

/** Users are made once the place is ours, so that another try at another place can make them. */
function addUsersOrClose(users: Users, auth: AuthOptions, net: Server): void {
  try {
    addUsers(users, auth)
  } catch (error) {
    net.close()
    throw error
  }
}

const KNOWN_OPTIONS: ReadonlySet<string> = new Set<keyof ListenOptions>([
  'port',
  'host',
  'path',
  'advertise',
  'idleMs',
  'auth',
  'log',
])

function checkListenOptions(options: ListenOptions): void {
  for (const name of Object.keys(options)) {
    if (!KNOWN_OPTIONS.has(name)) throw new TypeError(`listen knows no option '${name}'`)
  }
  const { port, host, path, idleMs } = options
  if (path !== undefined && (port !== undefined || host !== undefined)) {
    throw new TypeError('listen takes either a path, or a host and a port')
  }
  if (path !== undefined && !path.endsWith('.sock')) {
    throw new TypeError(`drivers know a Unix socket by a name that ends in .sock, not ${path}`)
  }
  if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port <= 65_535)) {
    throw new RangeError(`port is a whole number from 0 to 65535, not ${port}`)
  }
  if (idleMs !== undefined && !(idleMs > 0 && Number.isFinite(idleMs))) {
    throw new RangeError(`idleMs is a time in milliseconds above 0, not ${idleMs}`)
  }
}
