import type { Socket } from 'node:net'

/** Where to listen: a port on a host, or a path in the file system. */
export type Place =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string }

const WILDCARDS: ReadonlySet<string> = new Set(['0.0.0.0', '::', ''])

/** Whether only this machine can reach what listens there. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host)
}

/** Whether the client at the other end of a socket is on this machine. */
export function isLocalClient({ remoteAddress }: Socket): boolean {
  return remoteAddress === undefined || isLoopback(remoteAddress.replace(/^::ffff:/, ''))
}

/** `host:port`, with the brackets of an IPv6 address. */
export function hostAndPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

/** How a connection string names the place. */
export function uriHostOf(place: Place): string {
  if (place.kind === 'unix') return encodeURIComponent(place.path)
  return hostAndPort(WILDCARDS.has(place.host) ? '127.0.0.1' : place.host, place.port)
}

/**
 * How the client at the other end of a socket reaches us. Drivers go on with the addresses that
 * `hello` lists, so it must list the one that was dialled: the host that we were told to listen on,
 * or, where that was every address of the machine, the one that the socket came in at.
 */
export function dialledAddress(place: Place, socket: Socket): string {
  if (place.kind === 'unix') return place.path
  if (!WILDCARDS.has(place.host)) return hostAndPort(place.host, place.port)
  const local = (socket.localAddress ?? '127.0.0.1').replace(/^::ffff:/, '')
  return hostAndPort(local, place.port)
}
