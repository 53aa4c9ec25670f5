import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { runCommandLine } from '../../src/cli/command_line.ts'
import { history } from '../check/short_history.ts'
import { loadedThings } from '../checks/markup_reader.ts'
import { terminalDouble } from './terminal_double.ts'

const folder = mkdtempSync(join(tmpdir(), 'palimpsest-check-'))
afterAll(() => rmSync(folder, { recursive: true }))

function file(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

async function run(...args: string[]) {
  const terminal = terminalDouble()
  const status = await runCommandLine(['check', ...args], terminal)
  return { status, out: terminal.out, err: terminal.err }
}

const skew = history('rxay1 ryax1')
const lines = `${skew.map((event) => JSON.stringify(event)).join('\n')}\n`

describe('palimpsest check', () => {
  test('a violation: status 1, the levels, and why', async () => {
    const { status, out } = await run(file('skew.jsonl', lines), '--model', 'list-append')
    expect(status).toBe(1)
    expect(out).toContain('serializable: no')
    expect(out).toContain('yes  snapshot-isolation')
    expect(out).toContain('T0 read "x" as [], which T1 then appended 1 to')
  })

  test('a level that holds: status 0', async () => {
    const path = file('skew.json', JSON.stringify({ model: 'list-append', history: skew }))
    expect((await run(path, '--level', 'snapshot-isolation')).status).toBe(0)
  })

  test('--json is one object', async () => {
    const path = file('skew_list.json', JSON.stringify(skew, undefined, 2))
    const { status, out } = await run(path, '--model', 'list-append', '--json')
    expect(status).toBe(1)
    expect(JSON.parse(out)).toMatchObject({
      ok: false,
      levels: { 'snapshot-isolation': true, serializable: false },
      anomalies: [{ type: 'G2-item', cycle: [{ kind: 'rw' }, { kind: 'rw' }] }],
      transactions: 2,
    })
  })

  test('--html also writes a page, in one file', async () => {
    const out = join(folder, 'skew.html')
    const path = file('skew_page.jsonl', lines)
    const { status, err } = await run(path, '--model', 'list-append', '--html', out)
    expect(status).toBe(1)
    expect(err).toBe(`palimpsest: wrote ${out}\n`)
    const page = readFileSync(out, 'utf8')
    expect(loadedThings(page)).toEqual([])
    expect(page).toContain('T0 read &quot;x&quot; as [], which T1 then appended 1 to')
    const nowhere = join(folder, 'nowhere', 'skew.html')
    const failed = await run(path, '--model', 'list-append', '--html', nowhere)
    expect(failed).toMatchObject({ status: 2, err: expect.stringContaining("can't write") })
  })

  test.each([
    ['no JSON', '{"type": "invoke", \n', /line 1: not JSON/],
    [
      'an unknown type',
      '{"type":"begin","process":0,"f":"txn","value":[]}',
      /line 1: 'type' is one/,
    ],
    ['no list', '{"type":"ok","process":0,"f":"txn","value":7}', /line 1: 'value' is a list/],
    ['an odd step', '{"type":"invoke","process":0,"value":[["x"]]}', /line 1: a step is one of/],
    ['no invocation', '{"type":"ok","process":0,"value":[]}', /line 1: process 0 completes/],
    ['twice the same', lines + lines.replaceAll('100', '200'), /1 is appended twice to "y"/],
    ['nothing', '', /the history is empty/],
  ])('malformed, %s: status 2 and what is wrong where', async (_, text, message) => {
    const { status, out, err } = await run(file('bad.jsonl', text), '--model', 'list-append')
    expect({ status, out }).toEqual({ status: 2, out: '' })
    expect(err).toMatch(message)
  })

  test('typed wrong: status 2', async () => {
    expect((await run('--model', 'list-append')).err).toContain('FILE is missing')
    expect((await run('nowhere.json', '--model', 'list-append')).err).toContain('no such file')
    const path = file('skew.jsonl', lines)
    expect((await run(path)).err).toContain('--model is missing')
    expect((await run(path, '--model', 'queue')).err).toContain("not 'queue'")
    expect((await run(path, '--model', 'list-append', '--level', 'best')).err).toContain('--level')
  })
})
