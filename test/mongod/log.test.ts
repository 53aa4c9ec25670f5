/** The log, `--help` and `--version`, as programs read them. */
import { expect, test } from 'vitest'
import {
  helpText,
  listeningMessages,
  logText,
  replicationMessages,
  signalMessages,
  versionText,
} from '../../src/mongod/index.ts'

const AT = Date.UTC(2025, 6, 23, 8, 47, 0, 120)

// Source: a log of mongod 8.0.4, line by line; json_formatter.cpp has the columns.
test('a line is JSON in columns', () => {
  const [listening, waiting] = listeningMessages(['127.0.0.1:27017'], 27_017)
  expect(logText(listening!, AT)).toBe(
    '{"t":{"$date":"2025-07-23T08:47:00.120+00:00"},"s":"I",  "c":"NETWORK",  "id":23015,   "ctx":"listener","msg":"Listening on","attr":{"address":"127.0.0.1:27017"}}',
  )
  expect(JSON.parse(logText(waiting!, AT))).toEqual({
    t: { $date: '2025-07-23T08:47:00.120+00:00' },
    s: 'I',
    c: 'NETWORK',
    id: 23016,
    ctx: 'listener',
    msg: 'Waiting for connections',
    attr: { port: 27_017, ssl: 'off' },
  })
})

test('numbers of seven digits and quotes stay in place', () => {
  const line = {
    severity: 'E',
    component: 'REPL',
    id: 4615611,
    context: 'a"b',
    message: '"',
  } as const
  expect(logText({ ...line, tags: ['startupWarnings'] }, AT)).toBe(
    '{"t":{"$date":"2025-07-23T08:47:00.120+00:00"},"s":"E",  "c":"REPL",     "id":4615611, "ctx":"a\\"b","msg":"\\"","tags":["startupWarnings"]}',
  )
})

// Source: MongoInstance.js of mongodb-memory-server-core 11.3: what it waits for.
test('the lines that libraries wait for', () => {
  const text = (lines: Parameters<typeof logText>[0][]) => lines.map((line) => logText(line, AT))
  expect(text(listeningMessages([], 1)).join()).toMatch(/waiting for connections/i)
  const writable = text(replicationMessages({ kind: 'writable', term: 1 })).join()
  expect(writable).toMatch(/transition to primary complete; database writes are now permitted/i)
  expect(writable).toContain('"id":21331,')
  expect(text(signalMessages({ number: 2, name: 'Interrupt' })).at(-1)).toContain('"exitCode":0')
})

test('--version begins with the version; --help lists what there is', () => {
  expect(versionText('8.0.16')).toMatch(/^db version v8\.0\.16\nBuild Info: \{\n {4}"version": /)
  expect(helpText()).toMatch(/^Options:\n {2}-h \[ --help \] +show/)
  expect(helpText()).toContain('--replSet arg')
  expect(helpText()).not.toContain('--fork')
})
