import { describe, expect, test } from 'vitest'
import { layerViolations } from './checks/layers.ts'
import { readTree, treeOf } from './checks/source_tree.ts'

test('imports go one way, through doors, without cycles', () => {
  expect(layerViolations(readTree('src'))).toEqual([])
})

const GOOD = {
  'src/invariant.ts': '',
  'src/sim/index.ts': "export { task } from './task.ts'",
  'src/sim/task.ts': "import { invariant } from '../invariant.ts'\nexport const task = invariant",
  'src/bson/index.ts': "export { ObjectId } from 'bson'",
  'src/storage/index.ts': "import type { Task } from '../sim/index.ts'\nexport type { Task }",
  'src/engine/query/filter.ts': "import { ObjectId } from '../../bson/index.ts'",
  'src/server/index.ts': '',
  'src/server/wire/index.ts': "export { x } from './socket.ts'\nimport '../index.ts'",
  'src/server/wire/socket.ts': "import { createServer } from 'node:net'",
  'src/listening.ts':
    "import type { x } from './server/wire/index.ts'\nimport('./server/wire/index.ts')",
  'src/client/index.ts': "import { ObjectId } from '../bson/index.ts'",
  'src/index.ts': "export * from './client/index.ts'",
  'src/cli/main.ts': "import '../index.ts'\nimport { argv } from 'node:process'",
}

test('finds nothing wrong in a tree that keeps the rules', () => {
  expect(layerViolations(treeOf(GOOD))).toEqual([])
})

describe('finds', () => {
  const bad: [what: string, path: string, text: string, sentence: string][] = [
    [
      'a floor that looks up',
      'src/sim/clock.ts',
      "import { x } from '../storage/index.ts'",
      'src/sim/clock.ts:1: sim imports from storage, but it sees no other floor only.',
    ],
    [
      'a client that reaches past its transport',
      'src/client/cheat.ts',
      "\nimport type { X } from '../server/index.ts'",
      'src/client/cheat.ts:2: client imports from server, but it sees sim, bson only.',
    ],
    [
      'storage that knows documents',
      'src/storage/document.ts',
      "export { x } from '../bson/index.ts'",
      'src/storage/document.ts:1: storage imports from bson, but it sees sim only.',
    ],
    [
      'a judge that shares code with what it judges',
      'src/check/graph.ts',
      "export { x } from '../sim/index.ts'",
      'src/check/graph.ts:1: check imports from sim, but it sees picture only.',
    ],
    [
      'a folder entered through a window',
      'src/engine/exec/window.ts',
      "import { task } from '../../sim/task.ts'",
      'src/engine/exec/window.ts:1: imports src/sim/task.ts; a folder is entered through its door, src/sim/index.ts.',
    ],
    [
      'a window of a floor, used from the top',
      'src/palimpsest.ts',
      "import { task } from './sim/task.ts'",
      'src/palimpsest.ts:1: imports src/sim/task.ts; a folder is entered through its door, src/sim/index.ts.',
    ],
    [
      'a floor that imports the top',
      'src/engine/top.ts',
      "import '../index.ts'",
      'src/engine/top.ts:1: imports src/index.ts, which sits on top of engine.',
    ],
    [
      'a top that imports the command line',
      'src/palimpsest.ts',
      "import './cli/main.ts'",
      'src/palimpsest.ts:1: imports src/cli/main.ts; nobody imports cli.',
    ],
    [
      'a module of the machine inside the engine',
      'src/engine/file.ts',
      "const fs = import('node:fs')",
      'src/engine/file.ts:1: imports node:fs; the simulator runs in a browser too: only src/cli, src/memory_server, src/server/wire, src/testing/jest and src/sim/real.ts touch the machine.',
    ],
    [
      'a package on the wrong floor',
      'src/sim/draft.ts',
      "import { produce } from 'immer'",
      'src/sim/draft.ts:1: imports the package immer, which sim does not use; see FLOORS in the layers check.',
    ],
    [
      'sockets in the server',
      'src/server/server.ts',
      "import('./wire/index.ts')",
      'src/server/server.ts:1: imports src/server/wire/index.ts; the wire is for those on top.',
    ],
    [
      'sockets wherever the simulator goes',
      'src/palimpsest.ts',
      "import { x } from './server/wire/index.ts'",
      'src/palimpsest.ts:1: imports src/server/wire/index.ts at once; load it by import() when somebody listens.',
    ],
    [
      'a window of the wire',
      'src/cli/serve.ts',
      "import { x } from '../server/wire/socket.ts'",
      'src/cli/serve.ts:1: imports src/server/wire/socket.ts; a folder is entered through its door, src/server/wire/index.ts.',
    ],
    [
      'a test runner that all would have to install',
      'src/testing/options.ts',
      "import { test } from 'vitest'",
      'src/testing/options.ts:1: imports vitest; only the module that tests of vitest import may need it.',
    ],
    [
      'an import type',
      'src/sim/type.ts',
      "export type X = import('../engine/index.ts').X",
      'src/sim/type.ts:1: sim imports from engine, but it sees no other floor only.',
    ],
    [
      'a file that is not there',
      'src/sim/typo.ts',
      "import './clock.js'",
      'src/sim/typo.ts:1: imports src/sim/clock.js, which does not exist (write the whole name, .ts).',
    ],
    [
      'a folder without a floor',
      'src/plugins/index.ts',
      "import '../sim/index.ts'",
      'src/plugins/index.ts:1: is on no floor: give src/plugins its place in the layers check.',
    ],
    [
      'a grab bag',
      'src/engine/utils.ts',
      '',
      'src/engine/utils.ts: name the concept; "utils.ts" is a place for anything.',
    ],
    [
      'a leaf that is none',
      'src/invariant.ts',
      "import './sim/index.ts'",
      'src/invariant.ts:1: imports src/sim/index.ts; it is a leaf and imports nothing.',
    ],
  ]
  test.each(bad)('%s', (_, path, text, sentence) => {
    const doors = { 'src/engine/index.ts': '' }
    expect(layerViolations(treeOf({ ...GOOD, ...doors, [path]: text }))).toContain(sentence)
  })

  test('a cycle of modules, but not one of types', () => {
    const tree = treeOf({
      'src/sim/a.ts': "import { b } from './b.ts'\nexport const a = () => b",
      'src/sim/b.ts': "export { c as b } from './c.ts'",
      'src/sim/c.ts': "import { a } from './a.ts'\nexport const c = () => a",
      'src/sim/d.ts': "import type { E } from './e.ts'\nexport type D = E",
      'src/sim/e.ts': "import type { D } from './d.ts'\nexport type E = D",
    })
    expect(layerViolations(tree)).toEqual([
      'Import cycle: src/sim/a.ts -> src/sim/b.ts -> src/sim/c.ts -> src/sim/a.ts.',
    ])
  })
})
