import { mixedSource } from './mixed_source.ts'
import type { Workload } from './workload.ts'

/** Each key holds one value; writes replace it, reads see it. */
export const rwRegister: Workload = {
  name: 'rw-register',
  summary: 'registers that transactions write and read',
  model: 'rw-register',
  assumptions: { wfrKeys: true },
  source: (random) => mixedSource(random, (key, value) => ['w', key, value]),
  async prepare() {},
  intent: ([name, key, value]) =>
    name === 'w' ? [['w', key, value as number]] : [['r', key, null]],
  async perform([name, key, value], collection, session, { value: done }) {
    if (name === 'w') {
      await collection.updateOne({ _id: key }, { $set: { value } }, { session, upsert: true })
      done.push(['w', key, value as number])
      return
    }
    const found = await collection.findOne({ _id: key }, { session })
    done.push(['r', key, (found?.['value'] as number | undefined) ?? null])
  },
  complaints: () => [],
}
