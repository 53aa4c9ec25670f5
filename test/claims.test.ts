/** The tests that docs/claims.md names are there, under the names that it says. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { repositoryRoot } from './checks/source_tree.ts'

interface Claim {
  readonly claim: string
  readonly shownBy: string
}

/** The rows of the page's tables, without their heads. */
const claims: readonly Claim[] = readFileSync(join(repositoryRoot, 'docs/claims.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .map((line) => line.slice(2, -2).split(' | '))
  .filter(([first]) => first !== 'what is said')
  .map(([claim = '', ...shownBy]) => ({ claim, shownBy: shownBy.join(' | ') }))

describe('docs/claims.md', () => {
  test('has claims, each once, most of them shown', () => {
    const shown = claims.filter(({ shownBy }) => !shownBy.startsWith('no test: '))
    expect(shown.length).toBeGreaterThan(40)
    expect(new Set(claims.map(({ claim }) => claim)).size).toBe(claims.length)
  })

  test.each(claims)('$claim', ({ shownBy }) => {
    expect(isShown(shownBy)).toBe('yes')
  })

  test('would miss a test that is gone, a file that is gone, and a row that says nothing', () => {
    expect(isShown('`test/claims.test.ts`: has claims, each once')).toBe('yes')
    const nobody = ['no', 'such', 'test'].join(' ')
    expect(isShown(`\`test/claims.test.ts\`: ${nobody}`)).toContain('names no test')
    expect(isShown('`test/nowhere.test.ts`: anything')).toContain('is no file')
    expect(isShown('surely')).toContain('names neither')
    expect(isShown('no test: ')).toContain('names neither')
  })
})

function isShown(shownBy: string): string {
  if (/^no test: \S/.test(shownBy)) return 'yes'
  const match = /^`(test\/[^`]+)`: (.+)$/.exec(shownBy)
  if (match === null) return `${shownBy} names neither a test nor a reason`
  const [, path = '', name = ''] = match
  const file = join(repositoryRoot, path)
  if (!existsSync(file)) return `${path} is no file`
  const text = readFileSync(file, 'utf8').replaceAll("\\'", "'")
  return text.includes(name) ? 'yes' : `${path} names no test "${name}"`
}
