/**
 * One of the two servers in a process of its own. Sends its port once it listens, and answers each
 * message of its parent with the CPU time that it has spent, in microseconds.
 */
import process from 'node:process'

async function listen(name: string): Promise<number> {
  if (name === 'null') return (await import('./null_server.ts')).listenWithNullServer()
  const { Palimpsest } = await import('../../dist/index.js')
  const sim = await Palimpsest.create({ seed: 1, time: 'real' })
  return Number(new URL(await sim.listen({ port: 0 })).port)
}

const port = await listen(process.argv[2] as string)
process.on('message', () => {
  const { user, system } = process.cpuUsage()
  process.send?.({ cpuUs: user + system })
})
process.on('disconnect', () => process.exit())
process.send?.({ port })
