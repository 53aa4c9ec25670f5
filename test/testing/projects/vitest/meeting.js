/** Two test files meet: each goes on only when the other is there, so they ran side by side. */
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export async function meet(mine, other) {
  const place = process.env.MEETING_PLACE
  writeFileSync(join(place, mine), '')
  while (!existsSync(join(place, other))) await new Promise((resolve) => setTimeout(resolve, 5))
}
