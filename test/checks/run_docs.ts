/**
 * Runs modules made from documentation, one after the other, in a process of its own, with the
 * files as its arguments. Prints, as the last line, a JSON array with one entry for each file: the
 * promises that were broken.
 */
import { format, inspect } from 'node:util'

let broken: string[] = []

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim()

function fits(expected: string, actual: string): boolean {
  const parts = oneLine(expected)
    .split('…')
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`).test(oneLine(actual))
}

function compare(expected: string, actual: string): void {
  if (!fits(expected, actual)) broken.push(`expected ${expected}\n     got ${oneLine(actual)}`)
}

const checks = {
  value(expected: string, value: unknown): void {
    compare(expected, inspect(value, { depth: null, breakLength: Number.POSITIVE_INFINITY }))
  },
  printed(expected: string, ...values: unknown[]): void {
    compare(expected, format(...values))
  },
  async error(expected: string, attempt: () => Promise<unknown>): Promise<void> {
    try {
      await attempt()
    } catch (error) {
      const { codeName, code } = error as { codeName?: string; code?: unknown }
      compare(`…${expected}…`, `${String(error)} ${codeName ?? ''} (${code ?? ''})`)
      return
    }
    broken.push(`expected an error, ${expected}; nothing was thrown`)
  },
}

Reflect.set(globalThis, '__doc', checks)
const print = console.log
console.log = () => {}

const results: string[][] = []
for (const file of process.argv.slice(2)) {
  broken = []
  try {
    await import(file)
  } catch (error) {
    broken.push(error instanceof Error ? (error.stack ?? error.message) : String(error))
  }
  results.push(broken)
}
print(JSON.stringify(results))
process.exit(0)
