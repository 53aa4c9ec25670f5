/** vitest, run as a user runs it, on a project that has the package installed. */
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { installedProject, type Outcome, type Project } from './installed_project.ts'

let project: Project
let outcomes: readonly Outcome[]

beforeAll(() => {
  project = installedProject('vitest')
  const vitest = join(project.path, 'node_modules/vitest/vitest.mjs')
  outcomes = project.run([vitest, 'run', '--root', '.', '--reporter=json'])
})

afterAll(() => project?.remove())

const within = (folder: string) => outcomes.filter(({ file }) => file.startsWith(folder))
const statuses = (folder: string) => within(folder).map(({ status }) => status)

test('files that run side by side have a simulator each, and tests a store', () => {
  expect(statuses('plain/left')).toEqual(['passed', 'passed'])
  expect(statuses('plain/right')).toEqual(['passed', 'passed'])
})

test('tests that run side by side have a simulator each, where they ask for one', () => {
  expect(within('plain/forks').filter(({ status }) => status !== 'passed')).toEqual([])
  expect(within('plain/forks')).toHaveLength(9)
})

test('palimpsest/vitest/setup asks nothing of a test file, in one realm or in several', () => {
  // Two files of two tests, in two of the projects.
  expect(statuses('setup')).toEqual(Array(8).fill('passed'))
})

test('what is left under way fails the test that left it, and no other', () => {
  expect(within('plain/mistakes')).toMatchObject([
    { status: 'failed', messages: [expect.stringContaining('under way: update app.users')] },
    { status: 'passed' },
    { status: 'failed', messages: [expect.stringContaining('Tests that run concurrently')] },
  ])
})
