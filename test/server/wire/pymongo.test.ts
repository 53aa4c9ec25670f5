/** Another driver, which opens with OP_MSG and not with OP_QUERY; left out where there is none. */
import { execFile, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { repositoryRoot } from '../../checks/source_tree.ts'
import { driven } from './driven.ts'

const isThere = spawnSync('python3', ['-c', 'import pymongo']).status === 0
const why = isThere ? '' : ' (left out: this python3 has no pymongo)'

test.skipIf(!isThere)(`PyMongo${why}`, async () => {
  await using server = await driven({ time: 'auto', startAt: 0 })
  const script = join(repositoryRoot, 'test/server/wire/pymongo_smoke.py')
  const { stdout } = await promisify(execFile)('python3', [script, server.uri])
  expect(JSON.parse(stdout)).toEqual({
    types: ['int', 'Int64', 'float', 'Decimal128'],
    conflict: [112, true],
    modified: 1,
    commit: 251,
    value: 8,
    batches: 2500,
    compressed: 100_000,
  })
  expect(server.log).toEqual([])
})
