import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Listening, listenAtAddresses, type MongodSettings } from '../../mongod/index.ts'
import type { Palimpsest } from '../../palimpsest.ts'

/**
 * Listens wherever the settings say: at each address, and at Unix sockets.
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
  const { addresses, port } = await listenAtAddresses(settings, (place) =>
    sim.listen({ ...place, ...rest }),
  )
  const paths = hasUnixSockets ? socketPaths(settings, port) : []
  for (const path of paths) {
    // One that was left behind: whoever had this port before is gone.
    rmSync(path, { force: true })
    await sim.listen({ path, ...rest })
  }
  return { addresses: [...paths, ...addresses], port }
}

function socketPaths({ bindIps, socketFolder }: MongodSettings, port: number): string[] {
  const listed = bindIps.filter((address) => address.includes('/'))
  if (socketFolder === undefined) return listed
  return [join(socketFolder, `mongodb-${port}.sock`), ...listed]
}
