/**
 * What the real driver sends, with errors in it: 100,000 messages on connections that have everything
 * but the system's socket, some fifteen seconds of CPU, and a few hundred more over TCP, beside the
 * driver itself. `FUZZ_RUNS` and `FUZZ_SEED` choose other ones; `npm run soak` takes a million.
 */
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Palimpsest } from '../../../src/index.ts'
import { ReplyWriter } from '../../../src/server/wire/reply_writer.ts'
import { WireConnection } from '../../../src/server/wire/wire_connection.ts'
import { driven } from './driven.ts'
import { FakeSocket } from './fuzz/fake_socket.ts'
import { anyMutation, type Mutation, Recording } from './fuzz/mutations.ts'
import { heapInUse } from './heap.ts'
import { command, RawClient } from './raw_client.ts'

const RUNS = Number(process.env['FUZZ_RUNS'] ?? 100_000)
const SEED = Number(process.env['FUZZ_SEED'] ?? 20)

const recorded = readFileSync(new URL('fuzz/recorded.txt', import.meta.url), 'utf8')
const messages = recorded
  .trim()
  .split('\n')
  .map((line) => Buffer.from(line, 'base64'))
const recording = new Recording(messages)

/** A line about a connection is one line: more of it is a mistake of ours, with its stack. */
const LOG_LINE = /^connection \d+ from \S+ (ended|ran .+ without a reply, and it failed): [^\n]*$/

class Subject {
  readonly sim: Palimpsest
  readonly log: string[] = []
  readonly #writer = new ReplyWriter()
  readonly #healthy: FakeSocket
  #victim: FakeSocket
  #wasAnswered = false
  #sent = 0

  constructor(sim: Palimpsest) {
    this.sim = sim
    this.#healthy = this.#connect()
    this.#victim = this.#connect()
  }

  #connect(): FakeSocket {
    const socket = new FakeSocket()
    const { server, clock } = this.sim
    const log = (line: string): void => {
      this.log.push(line)
    }
    new WireConnection({
      ...{ server, clock, log, writer: this.#writer },
      ...{ socket: socket.asSocket(), host: 'localhost:27017', idleMs: 1, isLoginRequired: false },
    })
    return socket
  }

  /** Now and then what is left of a message is met by the next one. */
  suffer(mutation: Mutation): void {
    if (this.#victim.destroyed || (!this.#wasAnswered && ++this.#sent % 4 !== 0)) {
      this.#victim.destroy()
      this.#victim = this.#connect()
    }
    const { replies } = this.#victim
    for (const chunk of recording.mutated(mutation)) this.#victim.arrive(chunk)
    this.#wasAnswered = this.#victim.replies > replies
    for (const line of this.log.splice(0)) expect(line).toMatch(LOG_LINE)
  }

  /** Somebody else is answered, at once. */
  expectHealthy(): void {
    this.ask({ find: 'demo', filter: { k: 1 }, $db: 'healthy' })
    expect(this.#healthy.last).toMatchObject({ ok: 1, cursor: { firstBatch: [{ k: 1 }] } })
  }

  ask(document: object): void {
    const { replies } = this.#healthy
    this.#healthy.arrive(command(document as never))
    expect(this.#healthy.replies).toBe(replies + 1)
  }

  /** Transactions and sessions that nobody will end meet their time. */
  async letTimePass(ms: number): Promise<void> {
    await this.sim.clock.advance(ms)
    this.expectHealthy()
  }

  /** The heap, with everything gone that was asked for. */
  async heapBytes(): Promise<number> {
    this.#victim.destroy()
    await this.letTimePass(40 * 60_000)
    expect(this.sim.server.waiting.size).toBe(0)
    expect(this.sim.server.connectionCount).toBeLessThan(5)
    this.ask({ listDatabases: 1, nameOnly: true, $db: 'admin' })
    for (const { name } of this.#healthy.last!['databases']) {
      if (!['admin', 'config', 'local', 'healthy'].includes(name)) {
        this.ask({ dropDatabase: 1, $db: name })
      }
    }
    return (await heapInUse()).usedBytes
  }
}

test(`${RUNS} mutated messages: no crash, nobody else unanswered, no growth of memory`, async () => {
  const sim = await Palimpsest.create({ seed: 1, time: 'manual', onWarning: () => {} })
  const subject = new Subject(sim)
  subject.ask({ insert: 'demo', documents: [{ k: 1 }], $db: 'healthy' })
  const cpu = process.cpuUsage()
  let run = 0
  let heapBefore = 0
  const one = fc.asyncProperty(anyMutation, async (mutation) => {
    subject.suffer(mutation)
    run++
    if (run % 50 === 0) subject.expectHealthy()
    if (run % 500 === 0) await subject.letTimePass(40 * 60_000)
    if (run === Math.floor(RUNS / 4)) heapBefore = await subject.heapBytes()
  })
  await fc.assert(one, { numRuns: RUNS, seed: SEED, endOnFailure: true })
  const heapAfter = await subject.heapBytes()
  const { user, system } = process.cpuUsage(cpu)
  const mb = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`
  console.log(
    `${RUNS} mutated messages: ${((user + system) / 1e6).toFixed(1)} s of CPU, ` +
      `heap ${mb(heapBefore)} after a quarter, ${mb(heapAfter)} after all`,
  )
  expect(heapAfter - heapBefore).toBeLessThan(4_000_000)
  await sim.stop()
}, 600_000)

test('mutated messages over TCP, beside a driver that never notices', async () => {
  await using server = await driven()
  const { client, uri, sim, log } = server
  const before = sim.server.connectionCount
  const demo = client.db('healthy').collection('demo')
  await demo.insertOne({ k: 1 })
  let run = 0
  const one = fc.asyncProperty(anyMutation, async (mutation) => {
    const bad = await RawClient.connect(uri)
    for (const chunk of recording.mutated(mutation)) bad.send(chunk)
    bad.socket.end()
    if (++run % 10 === 0) expect(await demo.findOne()).toMatchObject({ k: 1 })
  })
  await fc.assert(one, { numRuns: 300, seed: SEED, endOnFailure: true })
  await expect.poll(() => sim.server.connectionCount).toBe(before)
  expect(log.length).toBeGreaterThan(30)
  for (const line of log) expect(line).toMatch(LOG_LINE)
})
