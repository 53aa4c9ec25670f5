/** A simulator that listens, and the real driver connected to it. */
import { type Document as DriverDocument, MongoClient, type MongoClientOptions } from 'mongodb'
import { type ListenOptions, Palimpsest, type SimulatorOptions } from '../../../src/index.ts'

export interface Demo {
  _id: string
  value: number
}

export interface Driven extends AsyncDisposable {
  readonly sim: Palimpsest
  readonly client: MongoClient
  readonly uri: string
  /** What the simulator had to say about connections. */
  readonly log: readonly string[]
  /** Another client, closed with the first. */
  connect(options?: MongoClientOptions): Promise<MongoClient>
}

export async function driven(
  options: SimulatorOptions & Pick<ListenOptions, 'idleMs'> & { client?: MongoClientOptions } = {},
): Promise<Driven> {
  const { idleMs = 25, client: clientOptions, ...simulator } = options
  const log: string[] = []
  const sim = await Palimpsest.create({
    time: 'real',
    seed: 1,
    onWarning: (line) => log.push(line),
    ...simulator,
  })
  const uri = await sim.listen({ idleMs })
  const clients: MongoClient[] = []
  const connect = async (more?: MongoClientOptions): Promise<MongoClient> => {
    const client = await MongoClient.connect(uri, more)
    clients.push(client)
    return client
  }
  const client = await connect(clientOptions)
  return {
    sim,
    client,
    uri,
    log,
    connect,
    async [Symbol.asyncDispose]() {
      await Promise.all(clients.map((one) => one.close()))
      await sim.stop()
    },
  }
}

/** A document x, held by a transaction that nobody ends. */
export async function holdX(client: MongoClient) {
  const demo = client.db('test').collection<Demo>('demo')
  await demo.insertOne({ _id: 'x', value: 0 })
  const holder = client.startSession()
  holder.startTransaction()
  await demo.updateOne({ _id: 'x' }, { $inc: { value: 2 } }, { session: holder })
  return { demo, holder }
}

export async function failCommand(
  client: MongoClient,
  mode: DriverDocument | string,
  data: DriverDocument,
): Promise<void> {
  await client.db('admin').command({ configureFailPoint: 'failCommand', mode, data })
}

/** What a promise was rejected with. */
export async function failure(promise: Promise<unknown>): Promise<DriverDocument> {
  try {
    await promise
  } catch (error) {
    return error as DriverDocument
  }
  throw new Error('it did not fail')
}
