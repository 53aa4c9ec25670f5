import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { renderSchedules } from './schedule.ts'

/**
 * Golden schedules: each file is run and compared with what it says itself. After a change that is
 * meant, `npx vitest run test/server -u` writes the results anew, and their diff is the review.
 */
const FOLDER = new URL('../scripts/server/', import.meta.url)

const files = readdirSync(FOLDER).filter((name) => name.endsWith('.schedule'))

it('there are schedules', () => {
  expect(files.length).toBeGreaterThan(0)
})

it.each(files)('%s', async (name) => {
  const file = new URL(name, FOLDER)
  const rendered = await renderSchedules(readFileSync(file, 'utf8'))
  await expect(rendered).toMatchFileSnapshot(file.pathname)
})
