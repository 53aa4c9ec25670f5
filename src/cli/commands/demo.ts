import type { Command } from '../command.ts'
import { demoHtml } from '../demo/html/page.ts'
import { demoJson } from '../demo/json.ts'
import { playAll } from '../demo/report.ts'
import { demoText } from '../demo/text.ts'
import { secondsText } from '../numbers.ts'
import { writeOutput } from '../output_file.ts'
import { SCRIPTS } from '../stories/scripts.ts'
import { packageVersion } from '../version.ts'

export const demo: Command = {
  name: 'demo',
  summary: 'plays four stories: wait on a conflict, fail, retry, lose a reply',
  help:
    'Plays four stories in virtual time and tells them as a transcript: a plain update that waits for\n' +
    'a transaction to expire, a transaction that fails at once, one that the driver retries, and an\n' +
    'update whose reply is lost.\n' +
    'The same seed and start always, so the text never changes.\n' +
    '\n' +
    '--json prints { version, seed, startAt, stories }; a story has its steps (what was typed and\n' +
    'answered), its timeline (lanes of transactions, statements and attempts) and its figures.',
  options: {
    json: { type: 'boolean', help: 'print the stories as one JSON object' },
    html: { type: 'string', value: 'FILE', help: 'also write a page with timelines, in one file' },
  },
  async run(given, terminal) {
    const report = await playAll(SCRIPTS, packageVersion())
    const file = given.text('html')
    if (file !== undefined) writeOutput(file, demoHtml(report))
    if (given.flag('json')) terminal.print(`${demoJson(report)}\n`)
    else terminal.print(demoText(report, terminal))
    if (file !== undefined) terminal.complain(`palimpsest: wrote ${file}`)
    const virtualMs = report.stories.reduce((sum, { timeline }) => sum + timeline.endMs, 0)
    terminal.remark(
      `${secondsText(virtualMs)} of virtual time; ${process.uptime().toFixed(1)} s of yours, from the start of node`,
    )
    return 0
  },
}
