import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { namedFiles, readManifest, sourceOfBuilt } from './checks/manifest.ts'
import { repositoryRoot } from './checks/source_tree.ts'

const manifest = readManifest()
const exists = (path: string) => existsSync(join(repositoryRoot, path))

test('every file that bin and exports name is made from a source that is there', () => {
  const missing = namedFiles(manifest)
    .filter(({ file }) => !exists(sourceOfBuilt(file)))
    .map(({ place, file }) => `${place}: ${file} has no ${sourceOfBuilt(file)}`)
  expect(missing).toEqual([])
})

test('everything that is published is there, or is what the build makes', () => {
  expect(manifest.files.filter((file) => file !== 'dist' && !exists(file))).toEqual([])
})

test('the build makes dist of src, as the names assume', () => {
  const build = JSON.parse(readFileSync(join(repositoryRoot, 'tsconfig.build.json'), 'utf8'))
  expect(build.compilerOptions).toMatchObject({ rootDir: 'src', outDir: 'dist', declaration: true })
  expect(sourceOfBuilt('dist/cli/main.js')).toBe('src/cli/main.ts')
  expect(sourceOfBuilt('dist/index.d.ts')).toBe('src/index.ts')
  expect(sourceOfBuilt('package.json')).toBe('package.json')
})

test('each door has its types, named first, as resolvers take the first condition that fits', () => {
  for (const [door, target] of Object.entries(manifest.exports)) {
    if (typeof target === 'string') continue
    expect([door, Object.keys(target)]).toEqual([door, ['types', 'default']])
    expect(target['types']).toBe(target['default']?.replace(/\.js$/, '.d.ts'))
  }
})

test('the command line can be run: each bin begins with its interpreter', () => {
  for (const file of Object.values(manifest.bin)) {
    const source = readFileSync(join(repositoryRoot, sourceOfBuilt(file)), 'utf8')
    expect(source.split('\n')[0]).toBe('#!/usr/bin/env node')
  }
})
