/**
 * The commands of `sh` and `console` blocks: whether the package offers them, and what they print.
 */
import type { CodeBlock } from './code_blocks.ts'
import type { Manifest } from './manifest.ts'

export interface ShellCommand {
  readonly place: string
  readonly command: string
  /** The lines it prints; undefined where the block does not say. */
  readonly prints: readonly string[] | undefined
  readonly run: boolean
}

export function shellCommands(blocks: readonly CodeBlock[]): ShellCommand[] {
  return blocks
    .filter(({ language }) => language === 'sh' || language === 'console')
    .flatMap((block) => commandsOf(block))
}

function commandsOf({ page, line, code, markers }: CodeBlock): ShellCommand[] {
  const lines = code.split('\n')
  const prompted = lines.some((text) => text.startsWith('$ '))
  const run = markers.includes('run')
  const commands: (ShellCommand & { prints: string[] | undefined })[] = []
  for (const [index, text] of lines.entries()) {
    const place = `${page}:${line + index}`
    if (!prompted) {
      const command = text.replace(/(^|\s)#.*$/, '').trim()
      if (command !== '') commands.push({ place, command, prints: undefined, run })
    } else if (text.startsWith('$ ')) {
      commands.push({ place, command: text.slice(2).trim(), prints: [], run })
    } else {
      commands.at(-1)?.prints?.push(text)
    }
  }
  return commands
}

/** What the package offers on a command line. */
export interface Offer {
  readonly manifest: Manifest
  /** The subcommands of `palimpsest`; one of two words is joined by `_`, as its file is. */
  readonly subcommands: readonly string[]
}

/** Commands of npm and the like that need nothing of ours. */
const FOREIGN = /^(npm (ci|install|i)\b|git clone\b|cd\b|node --version$)/

/** A sentence where a command line asks for what is not there. */
export function unknownCommand(line: string, offer: Offer): string | undefined {
  for (const part of line.split(/\s*(?:&&|\|\||[|;])\s*/)) {
    const sentence = unknownPart(part.replace(/^([A-Z_]+=\S+\s+)+/, ''), offer)
    if (sentence !== undefined) return sentence
  }
  return undefined
}

function unknownPart(part: string, { manifest, subcommands }: Offer): string | undefined {
  if (FOREIGN.test(part)) return undefined
  const script = /^npm (?:run )?(\S+)/.exec(part)?.[1]
  if (script !== undefined) {
    return script in manifest.scripts ? undefined : `package.json has no script "${script}".`
  }
  const [, word, further] = /^(?:npx )?palimpsest (\S+)(?: (\S+))?/.exec(part) ?? []
  if (word !== undefined) {
    const known = [word, `${word}_${further}`].some((name) => subcommands.includes(name))
    return known || word.startsWith('-') ? undefined : `palimpsest has no subcommand "${word}".`
  }
  const program = /^(?:npx )?(palimpsest(?:-\S+)?)(?:$| )/.exec(part)?.[1]
  if (program !== undefined && program in manifest.bin) return undefined
  return `"${part}" is no command of this package.`
}

/**
 * The command line as tests can run it: our own commands as this checkout builds them.
 *
 * @param run how to run a program, by its file in the manifest
 */
export function fromBuilt(line: string, manifest: Manifest, run: (file: string) => string): string {
  const script = /^npm (?:run )?(?:-s |--silent )?(\S+)(?: -- (.*)| *)$/.exec(line)
  const body = script === null ? undefined : manifest.scripts[script[1]!]
  const expanded = body === undefined ? line : `${body} ${script?.[2] ?? ''}`.trim()
  return expanded
    .replace(/^node (dist\/\S+)/, (_, file: string) => run(file))
    .replace(/^(?:npx )?(palimpsest[\w-]*)/, (_, program: string) =>
      run(manifest.bin[program] ?? ''),
    )
}

/**
 * Whether what was printed is what was promised; `...` on a line of its own stands for any lines.
 */
export function printsAsPromised(promised: readonly string[], printed: string): boolean {
  const trim = (lines: readonly string[]) =>
    lines
      .map((line) => line.trimEnd())
      .join('\n')
      .trim()
  const pattern = trim(promised)
    .split(/^\.\.\.$/m)
    .map((part) => part.trim().replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('[\\s\\S]*')
  return new RegExp(`^${pattern}$`).test(trim(printed.split('\n')))
}
