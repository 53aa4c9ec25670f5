/**
 * The two subjects of one suite: the in-process client, and the real driver over TCP. Each world has
 * a simulator of its own.
 */
import { type Document, MongoClient, MongoNetworkError } from 'mongodb'
import { Palimpsest } from '../../src/index.ts'

export interface Item extends Document {
  _id: number
  value?: number
}

export interface World extends AsyncDisposable {
  readonly sim: Palimpsest
  readonly client: MongoClient
}

export type Options = Readonly<Record<string, string | number | boolean>>

/** Options are those of a connection string. */
export const inProcess = async (options: Options = {}): Promise<World> => {
  const sim = await Palimpsest.create({ seed: 1, startAt: 0 })
  const text = new URLSearchParams(Object.entries(options).map(([name, to]) => [name, String(to)]))
  const client = sim.client(`mongodb://localhost/?${text}`, { errors: { MongoNetworkError } })
  return {
    sim,
    client: client as unknown as MongoClient,
    [Symbol.asyncDispose]: () => sim.stop(),
  }
}

const overTheWire = async (options: Options = {}): Promise<World> => {
  const sim = await Palimpsest.create({ seed: 1, time: 'real', onWarning: () => {} })
  const uri = new URL(await sim.listen())
  for (const [name, to] of Object.entries(options)) uri.searchParams.set(name, String(to))
  const client = await MongoClient.connect(uri.href)
  return {
    sim,
    client,
    async [Symbol.asyncDispose]() {
      await client.close()
      await sim.stop()
    },
  }
}

/** The collection that the suites work on. */
export const items = ({ client }: World) => client.db('test').collection<Item>('items')

export const SUBJECTS: readonly [string, (options?: Options) => Promise<World>][] = [
  ['the in-process client', inProcess],
  ['the real driver', overTheWire],
]
