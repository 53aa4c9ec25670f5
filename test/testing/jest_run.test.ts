/**
 * Jest, run as a user runs it, on a CommonJS project that has the package installed: without flags,
 * without a transformer. Jest is among the large tools (`npm run tools`); where it is not installed,
 * these tests are left out, and say so.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { repositoryRoot } from '../checks/source_tree.ts'
import { installedProject, type Outcome, type Project } from './installed_project.ts'

const jest = join(repositoryRoot, 'test/tools/node_modules/jest')
const isInstalled = existsSync(jest)
if (!isInstalled) console.warn('Left out, as Jest is not installed: npm run tools')

describe.skipIf(!isInstalled)('palimpsest/jest', () => {
  let project: Project
  let outcomes: readonly Outcome[]

  beforeAll(() => {
    // Jest alone: what it brings along is not to be seen, as with a strict package manager.
    project = installedProject('jest', { jest })
    outcomes = project.run([join(jest, 'bin/jest.js'), '--json', '--maxWorkers=2'])
  })

  afterAll(() => project?.remove())

  const within = (name: string) => outcomes.filter(({ file }) => file === `specs/${name}.spec.js`)
  const passed = (name: string) => {
    expect(within(name).filter(({ status }) => status !== 'passed')).toEqual([])
    return within(name).length
  }

  test('files that run side by side have a simulator each, and tests a store', () => {
    expect(passed('left')).toBe(5)
    expect(passed('right')).toBe(5)
  })

  test('Mongoose keeps its indexes, and fake timers do no harm', () => {
    expect(passed('mongoose')).toBe(4)
  })

  test('the fixture is a global, across realms', () => {
    expect(passed('in_process')).toBe(4)
  })

  test('what is left under way fails the test that left it, and no other', () => {
    expect(within('mistakes')).toMatchObject([
      { status: 'failed', messages: [expect.stringContaining('under way: update app.users')] },
      { status: 'passed' },
    ])
    const messages = [expect.stringContaining('Tests that run concurrently')]
    expect(within('concurrent')).toMatchObject([{ status: 'failed', messages }])
  })
})
