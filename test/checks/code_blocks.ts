/**
 * The code blocks of a Markdown text.
 *
 * A block says its language and, after it, what may be done with it:
 *
 * - `ts`, `js`: a module of its own; it is type-checked (`ts`) and run. `ts continue` goes on where
 *   the preceding block of the page ended, in the same module. `ts no-run` is type-checked only (it
 *   needs a network, say). `ts test` is a test file: vitest runs it. `ts sketch` must only parse (a
 *   shape being discussed, with parts left out).
 * - `sh`, `console`: each command must be one that the package offers. `sh run` is run as well, and
 *   its printed lines are compared. With `$ ` before commands, the other lines are what they print;
 *   `...` stands for any lines.
 * - `json`: must parse. `text`, `mermaid` and the like are left alone.
 */
export interface CodeBlock {
  readonly page: string
  /** Of its first line, counted from 1. */
  readonly line: number
  readonly language: string
  readonly markers: readonly string[]
  readonly code: string
}

const MARKERS: Readonly<Record<string, readonly string[]>> = {
  ts: ['continue', 'no-run', 'test', 'sketch'],
  js: ['continue', 'sketch'],
  sh: ['run'],
  console: ['run'],
  json: [],
  text: [],
  mermaid: [],
  diff: [],
  html: [],
}

const FENCE = /^(`{3,})([^`]*)$/

/** @throws where a block has no end, no language, or a marker that nobody understands */
export function codeBlocks(page: string, text: string): CodeBlock[] {
  const blocks: CodeBlock[] = []
  const lines = text.split('\n')
  for (let i = 0; i < lines.length; i++) {
    const open = FENCE.exec(lines[i]!.trim())
    if (open === null) continue
    const end = lines.findIndex((line, at) => at > i && line.trim() === open[1])
    if (end === -1) throw new SyntaxError(`${page}:${i + 1}: the code block has no end.`)
    const [language = '', ...markers] = open[2]!.trim().split(/\s+/)
    const known = MARKERS[language]
    if (known === undefined) {
      const languages = Object.keys(MARKERS).join(', ')
      throw new SyntaxError(
        `${page}:${i + 1}: "${language}" is none of the languages ${languages}.`,
      )
    }
    const unknown = markers.find((marker) => !known.includes(marker))
    if (unknown !== undefined) {
      throw new SyntaxError(
        `${page}:${i + 1}: nobody understands "${unknown}" on a ${language} block.`,
      )
    }
    const code = dedent(lines.slice(i + 1, end))
    blocks.push({ page, line: i + 2, language, markers, code })
    i = end
  }
  return blocks
}

/** Blocks inside of lists are indented; their code is not. */
function dedent(lines: readonly string[]): string {
  const indents = lines.filter((line) => line.trim() !== '').map((line) => line.search(/\S/))
  const indent = Math.min(...indents, Number.MAX_SAFE_INTEGER)
  return lines.map((line) => line.slice(indent)).join('\n')
}
