import type { MongodSettings } from './settings.ts'

const IPV4_ALL = '0.0.0.0'
const IPV6_ALL = '::'

/** IPv6 is asked for by many who do not have it, such as containers. */
const NO_IPV6: ReadonlySet<unknown> = new Set(['EAFNOSUPPORT', 'EADDRNOTAVAIL'])

/** Listens at one address; resolves with a connection string. */
export type ListenTcp = (place: { readonly host: string; readonly port: number }) => Promise<string>

/** Where somebody listens. */
export interface Listening {
  /** As the log lists them. */
  readonly addresses: readonly string[]
  readonly port: number
}

/**
 * Listens at each address of the settings, with the one port.
 *
 * @throws the error of the machine, such as EADDRINUSE
 */
export async function listenAtAddresses(
  settings: MongodSettings,
  listen: ListenTcp,
): Promise<Listening> {
  const addresses: string[] = []
  let { port } = settings
  for (const host of hostsOf(settings)) {
    // All of IPv6 has brought those of IPv4 along.
    if (addresses[0]?.startsWith(`[${IPV6_ALL}]`) === true) break
    const uri = await listenUnlessMissing(listen, host, port)
    if (uri === undefined) continue
    port = portIn(uri)
    addresses.push(host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`)
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
async function listenUnlessMissing(
  listen: ListenTcp,
  host: string,
  port: number,
): Promise<string | undefined> {
  try {
    return await listen({ host, port })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (host.includes(':') && NO_IPV6.has(code)) return undefined
    throw error
  }
}

function portIn(uri: string): number {
  const [, port] = /:(\d+)\/(?:\?|$)/.exec(uri) ?? []
  return Number(port)
}
