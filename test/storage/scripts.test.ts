import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { runScript } from './script_runner.ts'

const folder = new URL('../scripts/storage/', import.meta.url)
const files = readdirSync(folder).filter((name) => name.endsWith('.schedule'))

describe('golden schedules of the storage layer', () => {
  it('are there', () => {
    expect(files.length).toBeGreaterThan(0)
  })

  it.each(files)('%s', async (name) => {
    const path = new URL(name, folder).pathname
    await expect(runScript(readFileSync(path, 'utf8'))).toMatchFileSnapshot(path)
  })

  it('say when a step that must fail does not', () => {
    expect(() => runScript('t1: !put x 1\n')).toThrow('was to fail')
    expect(() => runScript('t1: commit\n')).toThrow('was to succeed')
    expect(() => runScript('put x 1\n')).toThrow('not a step')
  })
})
