/**
 * What the tests run against: a simulator that listens, or any server by its connection string;
 * with a client of our own to prepare and to look at data.
 */
import { type Document, MongoClient } from 'mongodb'
import { Palimpsest, type ServeOptions } from '../../src/palimpsest.ts'

export type Topology = 'single' | 'replicaset' | 'sharded' | 'sharded-replicaset' | 'load-balanced'

export interface Deployment {
  readonly uri: string
  readonly internal: MongoClient
  readonly topology: Topology
  /** Of a replica set, the primary among them; 1 for a server by itself. */
  readonly members: number
  /** Of the server, as `8.0.4`. */
  readonly version: string
  /** As `getParameter: '*'` gives them. */
  readonly parameters: Document
  readonly hasAuth: boolean
  /** Where the tests' clients are in-process ones: the simulator that they are clients of. */
  readonly sim?: Palimpsest
  close(): Promise<void>
}

const LOGIN = { user: 'conformance', pwd: 'secret' } as const

/** A simulator of our own, for each of the shapes that it can have. */
export const SHAPES: readonly (() => Promise<Deployment>)[] = [
  () => simulate({}),
  () => simulate({ auth: { users: [LOGIN] } }),
  () => simulate({ persona: 'standalone' }),
]

/** A simulator whose tests' clients are in process. */
export const IN_PROCESS: readonly (() => Promise<Deployment>)[] = [
  () => simulate({}, { inProcess: true }),
]

export async function simulate(
  options: ServeOptions,
  { inProcess = false }: { readonly inProcess?: boolean } = {},
): Promise<Deployment> {
  const sim = await Palimpsest.serve({ seed: 1, log: () => undefined, ...options })
  const login = options.auth === undefined ? '' : `${LOGIN.user}:${LOGIN.pwd}@`
  const deployment = await connect(sim.getUri().replace('mongodb://', `mongodb://${login}`))
  return {
    ...deployment,
    ...(inProcess && { sim }),
    async close() {
      await deployment.close()
      await sim.stop()
    },
  }
}

/** A server that somebody else started. */
export async function connect(uri: string): Promise<Deployment> {
  const internal = await MongoClient.connect(uri)
  const admin = internal.db('admin')
  const { versionArray } = await admin.command({ buildInfo: 1 })
  const { setName, msg, isWritablePrimary, hosts } = await admin.command({ hello: 1 })
  const shape = msg === 'isdbgrid' ? 'sharded' : setName === undefined ? 'single' : 'replicaset'
  if (shape === 'replicaset' && isWritablePrimary !== true) throw new Error(`${uri} has no primary`)
  return {
    uri,
    internal,
    topology: shape,
    members: hosts?.length ?? 1,
    version: versionArray.slice(0, 3).join('.'),
    parameters: await admin.command({ getParameter: '*' }),
    hasAuth: new URL(uri).username !== '',
    close: () => internal.close(),
  }
}
