/** The picture of docs/is-my-code-serializable.md is what the page of its counterexample draws. */
import { expect, test } from 'vitest'
import { explore } from '../../src/explore/index.ts'
import type { PalimpsestClient } from '../../src/index.ts'

interface Doctor {
  _id: string
  onCall: boolean
}

const doctorsOf = (client: PalimpsestClient) => client.db('ward').collection<Doctor>('doctors')

const goOffCall = (me: string) => (client: PalimpsestClient) =>
  client.withSession((session) =>
    session.withTransaction(async () => {
      const doctors = doctorsOf(client)
      const onCall = await doctors.find({ onCall: true }, { session }).toArray()
      if (onCall.length < 2) return
      await doctors.updateOne({ _id: me }, { $set: { onCall: false } }, { session })
    }),
  )

test('the guide shows two doctors going off call', async () => {
  const { counterexample } = await explore({
    setup: (client: PalimpsestClient) =>
      doctorsOf(client).insertMany([
        { _id: 'alice', onCall: true },
        { _id: 'bob', onCall: true },
      ]),
    actors: { alice: goOffCall('alice'), bob: goOffCall('bob') },
    isolation: 'serializable',
  })
  const page = counterexample!.toHtml()
  const svg = standalone(page)
  await expect(svg).toMatchFileSnapshot('../../docs/pictures/doctors.svg')
})

/** The first drawing of a page for half the width of a screen, as a file of its own. */
function standalone(page: string): string {
  const style = /<style>([\s\S]*?)<\/style>/.exec(page)![1]!
  const drawing = /<svg viewBox="0 0 640 (\d+)"([\s\S]*?)>([\s\S]*?)<\/svg>/.exec(page)!
  const [, height, attributes, content] = drawing
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="-16 -12 672 ${Number(height) + 24}"${attributes}>`,
    `<style>${style}</style>`,
    '<rect x="-16" y="-12" width="100%" height="100%" fill="var(--card)"/>',
    content!.replaceAll('><', '>\n<'),
    '</svg>\n',
  ].join('\n')
}
