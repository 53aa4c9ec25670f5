import { describe, expect, test } from 'vitest'
import { ROLES, type Role, styleFor } from '../../src/cli/style.ts'
import { terminalOf, wantsColor } from '../../src/cli/terminal.ts'

describe('colour', () => {
  const cases: [env: Record<string, string>, isTTY: boolean, wanted: boolean][] = [
    [{}, true, true],
    [{}, false, false],
    [{ NO_COLOR: '1' }, true, false],
    [{ NO_COLOR: '' }, true, true],
    [{ TERM: 'dumb' }, true, false],
    [{ FORCE_COLOR: '1' }, false, true],
    [{ FORCE_COLOR: '0' }, true, false],
    [{ FORCE_COLOR: '1', NO_COLOR: '1' }, true, false],
  ]
  test.each(cases)('%j, terminal %s: %s', (env, isTTY, wanted) => {
    expect(wantsColor(env, { isTTY })).toBe(wanted)
  })

  test('every role is painted and ended; without colour the text is as it was', () => {
    for (const role of Object.keys(ROLES) as Role[]) {
      expect(styleFor(true).paint(role, 'x')).toBe(`\x1b[${ROLES[role]}mx\x1b[0m`)
      expect(styleFor(false).paint(role, 'x')).toBe('x')
    }
    expect(styleFor(true).paint('bad', '')).toBe('')
  })
})

function streams(isTTY: boolean) {
  const written: string[] = []
  const stream = (name: string) => ({
    isTTY,
    write(text: string) {
      written.push(`${name}:${text}`)
      return true
    },
  })
  return { env: {}, stdout: stream('out'), stderr: stream('err'), written }
}

describe('progress', () => {
  test('is one line on stderr, gone before anything else is printed', () => {
    const host = streams(true)
    const terminal = terminalOf(host)
    terminal.showProgress('1 of 2')
    terminal.showProgress('2 of 2')
    terminal.print('done\n')
    terminal.print('more\n')
    const erase = 'err:\r\x1b[K'
    expect(host.written).toEqual([
      'err:1 of 2',
      erase,
      'err:2 of 2',
      erase,
      'out:done\n',
      'out:more\n',
    ])
  })

  test('is silent where nobody watches', () => {
    const host = streams(false)
    terminalOf(host).showProgress('1 of 2')
    expect(host.written).toEqual([])
  })
})
