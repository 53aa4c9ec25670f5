/**
 * From the code blocks of a page to modules that check themselves.
 *
 * A comment `// -> value` behind a statement says what its value looks like (`util.inspect`, on one
 * line), or what it prints when it is a `console.log`. `// throws text` says that it throws an
 * error whose name, code name or message contains the text. `…` stands for anything; further lines
 * of a long expectation begin with `//    `.
 */
import type { CodeBlock } from './code_blocks.ts'
import { isNode, parse, type SyntaxNode, walk } from './source_tree.ts'

export interface DocModule {
  /** The page and line where it begins: `README.md:12`. */
  readonly place: string
  readonly code: string
  readonly language: 'ts' | 'js'
  readonly run: boolean
  /** A test file, which vitest runs; what it promises, it expects by itself. */
  readonly isTest: boolean
}

/** What a line promises: printed or looked at; or an error. */
interface Expectation {
  readonly kind: 'value' | 'error'
  readonly text: string
  /** Offset where the statement ends at the latest. */
  readonly before: number
}

/** Joins continued blocks. A module that is not to be run anywhere is not run at all. */
export function docModules(blocks: readonly CodeBlock[]): DocModule[] {
  const modules: DocModule[] = []
  for (const block of blocks) {
    if (block.language !== 'ts' && block.language !== 'js') continue
    if (block.markers.includes('sketch')) {
      parse(`${block.page}:${block.line}`, block.code)
      continue
    }
    const run = !block.markers.includes('no-run')
    const isTest = block.markers.includes('test')
    const place = `${block.page}:${block.line}`
    const last = modules.at(-1)
    if (!block.markers.includes('continue')) {
      modules.push({ place, code: block.code, language: block.language, run, isTest })
    } else if (last === undefined || !last.place.startsWith(`${block.page}:`)) {
      throw new SyntaxError(`${place}: there is no block before it to continue.`)
    } else {
      modules[modules.length - 1] = {
        ...last,
        code: `${last.code}\n${block.code}`,
        run: last.run && run,
      }
    }
  }
  return modules
}

/** A change of the text; those of one module never overlap. */
interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** The code with each promised value and error checked by the global `__doc`. */
export function selfChecking({ place, code }: DocModule): string {
  const statements: SyntaxNode[] = []
  walk(parse(place, code), (node) => {
    if (/Statement$|^VariableDeclaration$/.test(node.type)) statements.push(node)
  })
  const edits = expectationsOf(code).flatMap((expectation) => {
    const line = code.lastIndexOf('\n', expectation.before - 1) + 1
    const statement = statements
      .filter((node) => node.end > line && node.end <= expectation.before)
      .sort((a, b) => b.end - a.end || b.start - a.start)[0]
    const made = statement && checkOf(code, statement, expectation)
    if (made === undefined) {
      throw new SyntaxError(`${place}: nothing before it to compare with "${expectation.text}".`)
    }
    return made
  })
  edits.sort((a, b) => b.start - a.start)
  return edits.reduce(
    (text, { start, end, text: by }) => text.slice(0, start) + by + text.slice(end),
    code,
  )
}

function expectationsOf(code: string): Expectation[] {
  const found: Expectation[] = []
  const lines = code.split('\n')
  let offset = 0
  for (const [index, line] of lines.entries()) {
    const comment = /\/\/ (->|throws) (.*)$/.exec(line)
    if (comment !== null) {
      let text = comment[2]!.trim()
      for (const more of lines.slice(index + 1)) {
        const further = /^\s*\/\/ {4,}(.*)$/.exec(more)
        if (further === null) break
        text += ` ${further[1]!.trim()}`
      }
      const kind = comment[1] === '->' ? 'value' : 'error'
      found.push({ kind, text, before: offset + comment.index })
    }
    offset += line.length + 1
  }
  return found
}

function checkOf(
  code: string,
  statement: SyntaxNode,
  { kind, text }: Expectation,
): Edit[] | undefined {
  const quoted = JSON.stringify(text)
  const insert = (at: number, what: string): Edit => ({ start: at, end: at, text: what })
  if (statement.type === 'VariableDeclaration' && kind === 'value') {
    const [declarator] = statement['declarations'] as SyntaxNode[]
    const id = declarator?.['id']
    const name = isNode(id) ? id['name'] : undefined
    return typeof name === 'string'
      ? [insert(statement.end, `;__doc.value(${quoted}, ${name});`)]
      : undefined
  }
  const expression = statement['expression']
  if (statement.type !== 'ExpressionStatement' || !isNode(expression)) return undefined
  const end = statement.start + code.slice(statement.start, statement.end).replace(/;$/, '').length
  if (kind === 'error') {
    const opening = `;await __doc.error(${quoted}, async () => (`
    return [insert(statement.start, opening), insert(end, '))')]
  }
  const callee = expression['callee']
  if (isNode(callee) && code.slice(callee.start, callee.end) === 'console.log') {
    return [{ start: callee.start, end: callee.end, text: `;__doc.printed.bind(null, ${quoted})` }]
  }
  return [insert(statement.start, `;__doc.value(${quoted}, (`), insert(end, '))')]
}
