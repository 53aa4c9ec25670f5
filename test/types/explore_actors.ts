/**
 * Compiled, never run: an actor with promises knows what its parameters are without annotation, one
 * that is a generator names its client.
 */
import type { OperationClient } from '../../src/client/index.ts'
import { explore } from '../../src/explore/index.ts'

export async function actorsOfBothKinds(): Promise<boolean> {
  const report = await explore({
    setup: async (client) => {
      await client.db('shop').collection('stock').insertOne({ count: 1 })
      return { sku: 7 }
    },
    actors: {
      alice: async (client, given) => {
        await client.db('shop').collection('stock').deleteOne({ sku: given.sku })
      },
      bob: function* (client: OperationClient, given: { readonly sku: number }) {
        yield* client.db('shop').collection('stock').deleteOne({ sku: given.sku })
      },
    },
  })
  return report.ok
}
