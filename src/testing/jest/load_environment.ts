import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { EnvironmentClass } from './types.ts'

/**
 * Environments are CommonJS modules of the project's. The one for Node.js comes with Jest, and is a
 * dependency of a dependency of it: package managers that are strict let nobody but those see it,
 * so it is looked for along their way.
 */
const WAY_FROM_JEST = ['jest', 'jest-cli', 'jest-config']

/**
 * The class of another environment, by the names that Jest's own option takes.
 *
 * @throws Error where it is not installed
 */
export function loadEnvironment(name: string, rootDir: string): EnvironmentClass {
  const module = name === 'node' || name === 'jsdom' ? `jest-environment-${name}` : name
  let from = createRequire(join(rootDir, 'package.json'))
  const places = [from, createRequire(import.meta.url)]
  for (const step of WAY_FROM_JEST) {
    const next = resolved(from, step)
    if (next === undefined) break
    from = createRequire(next)
    places.push(from)
  }
  for (const place of places) {
    const path = resolved(place, module)
    if (path !== undefined) return classIn(place(path), module)
  }
  throw new Error(
    `The test environment ${module}, which palimpsest/jest builds on, is not installed`,
  )
}

function resolved(from: NodeJS.Require, name: string): string | undefined {
  try {
    return from.resolve(name)
  } catch {
    return undefined
  }
}

function classIn(exported: unknown, module: string): EnvironmentClass {
  const { default: inner } = exported as { default?: unknown }
  const found = inner ?? exported
  if (typeof found === 'function') return found as EnvironmentClass
  throw new Error(`${module} is no test environment: it exports no class`)
}
