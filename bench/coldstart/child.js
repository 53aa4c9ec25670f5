/**
 * One start, in a process of its own: plain JavaScript, so that no loader is measured. Prints how
 * long each step took, in milliseconds.
 *
 * The driver is loaded before: a test suite has it anyway.
 */
import { MongoClient } from 'mongodb'

const steps = {}
let last = performance.now()

function done(step) {
  const now = performance.now()
  steps[step] = now - last
  last = now
}

async function use(uri) {
  const client = await MongoClient.connect(uri)
  done('connect')
  await client.db('test').collection('demo').insertOne({ a: 1 })
  done('insert')
  await client.close()
}

const SUBJECTS = {
  async palimpsest() {
    const { Palimpsest } = await import('../../dist/index.js')
    done('import')
    const sim = await Palimpsest.create({ time: 'real' })
    done('create')
    await sim.listen()
    done('listen')
    await use(sim.getUri())
    await sim.stop()
  },
  async bare() {
    const { listenBare } = await import('./bare_server.js')
    done('import')
    const { uri, close } = await listenBare()
    done('listen')
    await use(uri)
    await close()
  },
  async memoryServer() {
    const { MongoMemoryReplSet } = await import('../../dist/memory_server/index.js')
    done('import')
    const set = await MongoMemoryReplSet.create()
    done('create')
    await use(set.getUri())
    await set.stop()
  },
}

await SUBJECTS[process.argv[2]]()
console.log(JSON.stringify(steps))
