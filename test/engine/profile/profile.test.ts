import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Document } from '../../../src/bson/index.ts'
import {
  Engine,
  OpDebug,
  type ProfiledOperation,
  ProfileSettings,
  profileEntry,
  recordOperation,
} from '../../../src/engine/index.ts'
import { AutoClock, Random } from '../../../src/sim/index.ts'

const DEFAULTS: ProfiledOperation = {
  op: 'update',
  db: 'test',
  ns: 'test.demo',
  command: { q: {}, u: {} },
  debug: new OpDebug(),
  isWrite: true,
  wroteSession: false,
  readConcern: { level: 'local', provenance: 'implicitDefault' },
  writeConcern: undefined,
  error: undefined,
  reply: undefined,
  endedUs: 5_000,
  elapsedUs: 1_999,
  client: '127.0.0.1',
  appName: undefined,
  user: undefined,
}

let engine: Engine
beforeEach(() => {
  engine = new Engine({ clock: new AutoClock(0), random: new Random(1) })
})
afterEach(() => engine.services.scheduler.stop())

function entriesIn(db: string): Document[] {
  const collection = engine.services.catalog.latest(db, 'system.profile')
  if (collection === undefined) return []
  const op = engine.beginOperation('read')
  const found: Document[] = []
  const scan = op.storage.scan(collection.records)
  while (scan.next()) found.push(scan.value)
  engine.endOperation(op)
  return found
}

describe('profileEntry', () => {
  // Source: OpDebug::append, curop.cpp
  it('leaves out counts that the operation has none of, and keeps the four that are always there', () => {
    const entry = profileEntry({ ...DEFAULTS, isWrite: false, op: 'command' })
    expect(Object.keys(entry)).toEqual([
      'op',
      'ns',
      'command',
      'numYield',
      'locks',
      'flowControl',
      'readConcern',
      'storage',
      'millis',
      'ts',
      'client',
      'allUsers',
      'user',
    ])
  })

  it('counts whole milliseconds', () => {
    expect(profileEntry(DEFAULTS)['millis']).toBe(1)
  })

  it('names the application, where it has a name', () => {
    expect(profileEntry({ ...DEFAULTS, appName: 'mine' })['appName']).toBe('mine')
  })
})

describe('recordOperation', () => {
  it('records nothing at level 0, and makes no collection', () => {
    recordOperation(engine.services, new ProfileSettings(), DEFAULTS)
    expect(engine.services.catalog.latest('test', 'system.profile')).toBeUndefined()
  })

  it('loses the entry, and waits for nobody, while somebody has the collection alone', () => {
    const settings = new ProfileSettings()
    settings.setLevel('test', 2)
    recordOperation(engine.services, settings, DEFAULTS)
    const { lock } = engine.services.catalog.latest('test', 'system.profile')!
    lock.exclusive = true
    recordOperation(engine.services, settings, DEFAULTS)
    lock.releaseExclusive()
    recordOperation(engine.services, settings, DEFAULTS)
    expect(entriesIn('test').length).toBe(2)
  })

  it('has counted what it holds, after much came and went', () => {
    const settings = new ProfileSettings()
    settings.setLevel('test', 2)
    for (let i = 0; i < 60; i++) {
      recordOperation(engine.services, settings, {
        ...DEFAULTS,
        command: { text: 'x'.repeat(30_000) },
      })
    }
    const { state } = engine.services.catalog.latest('test', 'system.profile')!
    expect(entriesIn('test').length).toBe(state.cappedCount)
    expect(state.cappedBytes).toBeLessThanOrEqual(1024 * 1024)
    expect(state.cappedBytes).toBeGreaterThan(1024 * 1024 - 31_000)
  })
})

describe('ProfileSettings', () => {
  it('are active while any database asks for something', () => {
    const settings = new ProfileSettings()
    expect(settings.active).toBe(false)
    settings.setLevel('a', 1)
    expect(settings.active).toBe(true)
    settings.setLevel('a', 0)
    expect(settings.active).toBe(false)
  })

  it('slow is slowms or longer', () => {
    const settings = new ProfileSettings()
    expect(settings.isSlow(99_999)).toBe(false)
    expect(settings.isSlow(100_000)).toBe(true)
  })

  it('go their own way after a clone', () => {
    const settings = new ProfileSettings()
    settings.setLevel('a', 2)
    settings.slowMs = 7
    const copy = settings.clone()
    settings.setLevel('a', 0)
    expect(copy.of('a').level).toBe(2)
    expect(copy.active).toBe(true)
    expect(copy.slowMs).toBe(7)
  })
})
