/**
 * The form of the sources: sizes, forbidden calls with their replacement, forbidden constructs,
 * comments that promise to come back, and files that nobody reaches.
 */
import { lineOf, type SourceFile, type SourceTree, type SyntaxNode, walk } from './source_tree.ts'

const FILE_LINES_MAX = 400
const FUNCTION_LINES_MAX = 70
const COLUMNS_MAX = 100
/** The median length of a file, once there are enough files for a median to mean something. */
const MEDIAN_LINES = { min: 40, max: 160, filesMin: 40 }

/** The one file that touches the machine's time and event loop. */
const REAL = 'src/sim/real.ts'

const CLOCK = 'take a Clock through the constructor (src/sim)'
const RANDOM = 'take a Random through the constructor (src/sim)'
const MINTED = 'mint it from the clock and the random that came in'

/** Globals that may not be named, and what to use instead. */
const FORBIDDEN_GLOBALS: Readonly<Record<string, string>> = {
  setTimeout: CLOCK,
  setInterval: CLOCK,
  setImmediate: CLOCK,
  clearTimeout: CLOCK,
  clearInterval: CLOCK,
  performance: CLOCK,
  queueMicrotask: 'suspend through the Scheduler (src/sim)',
  MessageChannel: 'ask the clock for a turn: clock.afterTurn (src/sim)',
  crypto: RANDOM,
}

/** Members that may not be used, and what to use instead. */
const FORBIDDEN_MEMBERS: Readonly<Record<string, string>> = {
  'Date.now': CLOCK,
  'Math.random': RANDOM,
  'process.hrtime': CLOCK,
  'process.nextTick': 'suspend through the Scheduler (src/sim)',
  'ObjectId.generate': MINTED,
  'ObjectId.createPk': MINTED,
}

/** Constructors that read time or chance when they are given nothing. */
const AMBIENT_CONSTRUCTORS: Readonly<Record<string, string>> = {
  Date: CLOCK,
  ObjectId: MINTED,
  ObjectID: MINTED,
  UUID: MINTED,
}

const FORBIDDEN_SYNTAX: Readonly<Record<string, string>> = {
  TSAnyKeyword: 'any hides mistakes: say unknown and look, or name the type',
  ExportDefaultDeclaration: 'export by name',
  TSEnumDeclaration: 'a union of literals, or an object with a type of the same name, not an enum',
  TSModuleDeclaration: 'a module is a namespace already',
  TSParameterProperty: 'declare the field and assign it',
}

/** A comment that promises to come back must say where the promise is kept: `TODO(#12): ...`. */
const PROMISE = /\b(FIXME|XXX|HACK|TODO(?!\(#\d+\)))/

type Rule = (file: SourceFile) => string[]

/** One sentence for each untidy place of a file. */
export function untidyPlaces(file: SourceFile): string[] {
  return RULES.flatMap((rule) => rule(file))
}

const RULES: readonly Rule[] = [fileLength, lineLengths, promises, forbiddenSyntax, ambientCalls]

function fileLength({ path, text }: SourceFile): string[] {
  const lines = lineCount(text)
  return lines > FILE_LINES_MAX
    ? [`${path}: ${lines} lines; split it before ${FILE_LINES_MAX}.`]
    : []
}

/** The formatter breaks code; what it leaves are comments, which we break, and long literals. */
function lineLengths({ path, text, syntax }: SourceFile): string[] {
  const excused = new Set<number>()
  walk(syntax, (node) => {
    if (node.type === 'Literal' || node.type === 'TemplateElement') {
      excused.add(lineOf(text, node.end))
    }
  })
  return text.split('\n').flatMap((line, index) => {
    if (line.length <= COLUMNS_MAX || excused.has(index + 1)) return []
    return [
      `${path}:${index + 1}: ${line.length} columns; break the comment before ${COLUMNS_MAX}.`,
    ]
  })
}

function promises({ path, text }: SourceFile): string[] {
  return text.split('\n').flatMap((line, index) => {
    const word = PROMISE.exec(line)?.[1]
    if (word === undefined) return []
    return [`${path}:${index + 1}: ${word}; do it now, or open an issue: TODO(#12) and the reason.`]
  })
}

function forbiddenSyntax(file: SourceFile): string[] {
  const found: string[] = []
  walk(file.syntax, (node) => {
    const instead = FORBIDDEN_SYNTAX[node.type]
    if (instead !== undefined) found.push(`${at(file, node)}: ${instead}.`)
    if (node['accessibility'] === 'private' && node['kind'] !== 'constructor') {
      found.push(`${at(file, node)}: #private is private when compiled too.`)
    }
    const lines = lineOf(file.text, node.end) - lineOf(file.text, node.start) + 1
    if (isFunction(node) && lines > FUNCTION_LINES_MAX) {
      found.push(`${at(file, node)}: a function of ${lines} lines; at most ${FUNCTION_LINES_MAX}.`)
    }
  })
  return found
}

function isFunction(node: SyntaxNode): boolean {
  return (
    node.type === 'FunctionDeclaration' ||
    node.type === 'FunctionExpression' ||
    node.type === 'ArrowFunctionExpression'
  )
}

function ambientCalls(file: SourceFile): string[] {
  if (file.path === REAL) return []
  const found: string[] = []
  const say = (node: SyntaxNode, name: string, instead: string) =>
    found.push(`${at(file, node)}: ${name}; ${instead}.`)
  /** Names that are keys or members of something else, not globals. */
  const keys = new Set<unknown>()
  walk(file.syntax, (node) => {
    if (node['computed'] === false) keys.add(node['property']).add(node['key'])
    const name = sourceOf(file, node)
    if (node.type === 'MemberExpression' && Object.hasOwn(FORBIDDEN_MEMBERS, name)) {
      say(node, name, FORBIDDEN_MEMBERS[name]!)
    }
    if (node.type === 'NewExpression' && isEmpty(node['arguments'])) {
      const made = sourceOf(file, node['callee'] as SyntaxNode)
        .split('.')
        .at(-1)!
      if (Object.hasOwn(AMBIENT_CONSTRUCTORS, made)) {
        say(node, `new ${made}() of nothing`, AMBIENT_CONSTRUCTORS[made]!)
      }
    }
    if (node.type === 'CallExpression' && sourceOf(file, node['callee'] as SyntaxNode) === 'Date') {
      say(node, 'Date()', CLOCK)
    }
    if (node.type === 'Identifier' && !keys.has(node) && Object.hasOwn(FORBIDDEN_GLOBALS, name)) {
      say(node, name, FORBIDDEN_GLOBALS[name]!)
    }
  })
  return found
}

/** Nothing when the median file is of a readable length, else a sentence. */
export function unreadableMedian(tree: SourceTree): string | undefined {
  if (tree.size < MEDIAN_LINES.filesMin) return undefined
  const counts = [...tree.values()].map((file) => lineCount(file.text)).sort((a, b) => a - b)
  const median = counts[counts.length >> 1]!
  if (median >= MEDIAN_LINES.min && median <= MEDIAN_LINES.max) return undefined
  return `The median file has ${median} lines; between ${MEDIAN_LINES.min} and ${MEDIAN_LINES.max} reads well.`
}

/**
 * Files that no entry reaches through imports.
 *
 * @param entries where users come in. While none of them is there yet, the doors of the floors
 *   stand in for them.
 */
export function unreachedFiles(tree: SourceTree, entries: readonly string[]): string[] {
  const present = entries.filter((path) => tree.has(path))
  const doors = [...tree.keys()].filter((path) => /^src\/[^/]+\/index\.ts$/.test(path))
  const reached = new Set<string>()
  const queue = present.length > 0 ? present : doors
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (reached.has(path)) continue
    reached.add(path)
    for (const { file } of tree.get(path)?.imports ?? []) if (file !== undefined) queue.push(file)
  }
  return [...tree.keys()].filter((path) => !reached.has(path))
}

function lineCount(text: string): number {
  return text.split('\n').length - (text.endsWith('\n') ? 1 : 0)
}

function sourceOf(file: SourceFile, node: SyntaxNode): string {
  return file.text.slice(node.start, node.end)
}

function at(file: SourceFile, node: SyntaxNode): string {
  return `${file.path}:${lineOf(file.text, node.start)}`
}

function isEmpty(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0
}
