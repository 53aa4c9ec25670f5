import { el, forEveryWidth, type Markup, pageText } from '../../../picture/index.ts'
import type { StatementSpan, Story } from '../../story/story.ts'
import type { DemoReport } from '../report.ts'
import { DEMO_STYLE } from './demo_style.ts'
import { ladderPicture } from './ladder_picture.ts'
import { legend } from './legend.ts'
import { timelinePicture } from './timeline_picture.ts'
import { transcript } from './transcript.ts'

/** A statement that tried this often is worth a picture of its own. */
const ATTEMPTS_MIN = 100

/**
 * The demonstration as one self-contained page: for each story its timeline, then its transcript.
 */
export function demoHtml(report: DemoReport): string {
  const from = report.startAt.toISOString().slice(0, 16).replace('T', ' ')
  return pageText({
    title: 'Palimpsest: four stories of conflicts and retries',
    style: DEMO_STYLE,
    body: [
      el('h1', {}, 'Four stories of conflicts and retries'),
      el(
        'p',
        { class: 'quiet' },
        `Played in virtual time by palimpsest ${report.version}, seed ${report.seed}, from ${from} ` +
          'UTC. Everything below was measured in that run. Point at a mark for its details.',
      ),
      report.stories.map(storySection),
    ],
  })
}

function storySection(story: Story, index: number): Markup {
  const longest = longestWait(story)
  return el(
    'section',
    { id: story.id },
    el('h2', {}, `${index + 1}. ${story.title}`),
    el('p', {}, story.about),
    el(
      'figure',
      {},
      forEveryWidth((widthPx) => timelinePicture(story, widthPx)),
      legend(story),
    ),
    longest === undefined
      ? undefined
      : el(
          'figure',
          {},
          el('h3', {}, 'The same wait, from its first attempt, on a logarithmic scale'),
          forEveryWidth((widthPx) => ladderPicture(longest, widthPx)),
        ),
    transcript(story),
  )
}

function longestWait({ timeline }: Story): StatementSpan | undefined {
  const spans = timeline.lanes.flatMap(({ statements }) => statements)
  return spans
    .filter(({ attempts }) => attempts.length >= ATTEMPTS_MIN)
    .sort((a, b) => b.attempts.length - a.attempts.length)[0]
}
