/** Another driver, which opens with OP_MSG and not with OP_QUERY; left out where there is none. */
import { execFile, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { repositoryRoot } from '../../checks/source_tree.ts'
import { driven } from './driven.ts'

/** The system's own comes second: a package of the system belongs to its own Python. */
const python = ['python3', '/usr/bin/python3'].find(
  (name) => spawnSync(name, ['-c', 'import pymongo, gridfs']).status === 0,
)
const why = python === undefined ? ' (left out: no python3 here has pymongo)' : ''

test.skipIf(python === undefined)(`PyMongo${why}`, { timeout: 60_000 }, async () => {
  await using server = await driven({ time: 'auto', startAt: 0 })
  const script = join(repositoryRoot, 'test/server/wire/pymongo_smoke.py')
  const { stdout } = await promisify(execFile)(String(python), [script, server.uri])
  expect(JSON.parse(stdout)).toEqual({
    types: ['int', 'Int64', 'float', 'Decimal128'],
    conflict: [112, true],
    modified: 1,
    commit: 251,
    value: 8,
    with_transaction: [2, 109, 1],
    batches: 2500,
    bulk: [1, 12, 12, 1, { '3': 'u' }],
    bulk_error: [1, 11000],
    indexes: ['_id_', 'n_-1'],
    duplicate: 11000,
    modify: 1,
    aggregate: 22455,
    distinct: 51,
    unknown: 59,
    names: ['demo', 'log'],
    version: 8,
    tailable: [[0, 1, 2], true, [3]],
    file: 600_000,
    compressed: 100_000,
  })
  expect(server.log).toEqual([])
})
