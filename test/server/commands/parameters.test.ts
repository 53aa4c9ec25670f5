import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Document } from '../../../src/bson/index.ts'
import { type Bench, findAll, makeBench } from '../harness.ts'

let bench: Bench
beforeEach(() => {
  bench = makeBench()
})
afterEach(() => bench.stop())

const admin = (command: Document): Promise<Document> => bench.run({ ...command, $db: 'admin' })

it('test suites find what they ask for', async () => {
  expect(await admin({ getParameter: '*' })).toMatchObject({
    authenticationMechanisms: ['SCRAM-SHA-1', 'SCRAM-SHA-256'],
    enableTestCommands: true,
    featureCompatibilityVersion: { version: '8.0' },
    requireApiVersion: false,
    ok: 1,
  })
  expect(await admin({ setParameter: 1, authenticationMechanisms: [] })).toMatchObject({ code: 20 })
})

// Source: log_component_settings.cpp, log_with_sampling.h (8.0)
describe('verbosity of the log', () => {
  const components = async () =>
    (await admin({ getParameter: 1, logComponentVerbosity: 1 }))[
      'logComponentVerbosity'
    ] as Document

  it('is set for all or for a component, and says what was', async () => {
    const before = await components()
    expect(before).toMatchObject({
      verbosity: 0,
      command: { verbosity: -1 },
      replication: { verbosity: -1, heartbeats: { verbosity: -1 } },
    })
    const logComponentVerbosity = { verbosity: 1, replication: { heartbeats: 2 }, storage: 3 }
    const reply = await admin({ setParameter: 1, logComponentVerbosity })
    expect(reply).toEqual({ was: before, ok: 1 })
    expect(await components()).toMatchObject({
      verbosity: 1,
      replication: { verbosity: -1, heartbeats: { verbosity: 2 } },
      storage: { verbosity: 3 },
    })
    await admin({ setParameter: 1, logComponentVerbosity: { storage: { verbosity: -1 } } })
    expect(await components()).toMatchObject({ storage: { verbosity: -1 } })
    expect(await admin({ getParameter: 1, logLevel: 1 })).toEqual({ logLevel: 1, ok: 1 })
  })

  it.each([
    [{ nosuch: 1 }, 'Invalid component name nosuch'],
    [{ storage: { nosuch: { verbosity: 1 } } }, 'Invalid component name storage.nosuch'],
  ])('%j is refused, and changes nothing', async (logComponentVerbosity, errmsg) => {
    const before = await components()
    const change = { verbosity: 5, ...logComponentVerbosity }
    expect(await admin({ setParameter: 1, logComponentVerbosity: change })).toMatchObject({
      code: 2,
      errmsg,
    })
    expect(await components()).toEqual(before)
  })

  it('makes every operation one that is logged', async () => {
    const logged = () => bench.trace.events.filter(({ what }) => what === 'slow query').length
    await bench.run(findAll())
    expect(logged()).toBe(0)
    await admin({ setParameter: 1, logLevel: 1 })
    const before = logged()
    await bench.run(findAll())
    expect(logged()).toBe(before + 1)
  })
})

// Source: initialize_api_parameters.cpp (8.0)
it('requireApiVersion: who names none is refused, but for its hello', async () => {
  await admin({ setParameter: 1, requireApiVersion: true })
  const errmsg =
    "The apiVersion parameter is required, please configure your MongoClient's API version"
  expect(await bench.run(findAll())).toMatchObject({ ok: 0, code: 498870, errmsg })
  expect(await bench.run({ ...findAll(), apiVersion: '1' })).toMatchObject({ ok: 1 })
  expect(await bench.run({ hello: 1 })).toMatchObject({ ok: 1 })
  await admin({ setParameter: 1, requireApiVersion: false, apiVersion: '1' })
  expect(await bench.run(findAll())).toMatchObject({ ok: 1 })
})
