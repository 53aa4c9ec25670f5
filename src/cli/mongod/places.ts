import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { ListenOptions } from '../../listening.ts'
import type { MongodSettings } from '../../mongod/index.ts'
import type { Palimpsest } from '../../palimpsest.ts'

const IPV4_ALL = '0.0.0.0'
const IPV6_ALL = '::'

/** IPv6 is asked for by many who do not have it, such as containers. */
const NO_IPV6: ReadonlySet<string> = new Set(['EAFNOSUPPORT', 'EADDRNOTAVAIL'])

export interface Listening {
  /** As the log lists them. */
  readonly addresses: readonly string[]
  readonly port: number
}

/**
 * Listens wherever the settings say: at each address with the one port, and at Unix sockets.
 *
 * @throws the error of the machine, such as EADDRINUSE
 */
export async function listenAt(
  sim: Palimpsest,
  settings: MongodSettings,
  options: { readonly log: (line: string) => void; readonly hasUnixSockets: boolean },
): Promise<Listening> {
  const { log, hasUnixSockets } = options
  // Whoever is on this machine makes the first user.
  const rest = settings.auth ? { log, auth: {} } : { log }
  const addresses: string[] = []
  let { port } = settings
  for (const host of hostsOf(settings)) {
    // All of IPv6 has brought those of IPv4 along.
    if (addresses[0]?.startsWith(`[${IPV6_ALL}]`) === true) break
    const uri = await listenTcp(sim, { host, port, ...rest })
    if (uri === undefined) continue
    port = portIn(uri)
    addresses.push(host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`)
  }
  if (!hasUnixSockets) return { addresses, port }
  const paths = settings.bindIps.filter((address) => address.includes('/'))
  const { socketFolder } = settings
  if (socketFolder !== undefined) paths.unshift(join(socketFolder, `mongodb-${port}.sock`))
  for (const path of paths) {
    // One that was left behind: whoever had this port before is gone.
    rmSync(path, { force: true })
    await sim.listen({ path, ...rest })
    addresses.unshift(path)
  }
  return { addresses, port }
}

/** The addresses to listen on, all those of IPv6 first. */
function hostsOf({ bindIps, ipv6 }: MongodSettings): readonly string[] {
  const hosts = bindIps.flatMap((address) => {
    if (address.includes('/')) return []
    if (address === '*') return ipv6 ? [IPV6_ALL, IPV4_ALL] : [IPV4_ALL]
    if (address === 'localhost') return ipv6 ? ['127.0.0.1', '::1'] : ['127.0.0.1']
    return [address]
  })
  if (!hosts.includes(IPV6_ALL)) return hosts
  return [IPV6_ALL, ...hosts.filter((host) => host !== IPV6_ALL)]
}

/** @returns nothing where the machine has no such address, of IPv6 */
async function listenTcp(sim: Palimpsest, options: ListenOptions): Promise<string | undefined> {
  try {
    return await sim.listen(options)
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    const isIpv6 = options.host?.includes(':') === true
    if (isIpv6 && NO_IPV6.has(code)) return undefined
    throw error
  }
}

function portIn(uri: string): number {
  const [, port] = /:(\d+)\/(?:\?|$)/.exec(uri) ?? []
  return Number(port)
}
