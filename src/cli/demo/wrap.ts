/** A space, but not one just inside braces: a brace at the end of a line reads badly. */
const BREAK = /(?<!\{) (?!\})/

/**
 * Breaks a text into lines of at most `columns`, between words; a longer word stays whole. All
 * lines are indented as the text is.
 */
export function wrap(text: string, columns: number): string[] {
  const indent = /^ */.exec(text)![0]
  const lines: string[] = []
  let line = ''
  for (const word of text.slice(indent.length).split(BREAK)) {
    if (line !== '' && indent.length + line.length + 1 + word.length > columns) {
      lines.push(indent + line)
      line = word
    } else {
      line = line === '' ? word : `${line} ${word}`
    }
  }
  return [...lines, indent + line]
}
