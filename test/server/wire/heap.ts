/** How much memory is really in use: measured behind a full collection of garbage. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

export interface Heap {
  /** Objects of JavaScript. */
  readonly usedBytes: number
  /** The contents of buffers. */
  readonly buffersBytes: number
}

export async function heapInUse(): Promise<Heap> {
  // Buffers go a turn of the event loop after whoever held them.
  for (let round = 0; round < 3; round++) {
    collect()
    await new Promise((resolve) => setImmediate(resolve))
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return { usedBytes: heapUsed, buffersBytes: arrayBuffers }
}
