/** Two test files meet: each goes on only when the other is there, so they ran side by side. */
const { existsSync, writeFileSync } = require('node:fs')
const { join } = require('node:path')

exports.meet = async (mine, other) => {
  const place = process.env.MEETING_PLACE
  writeFileSync(join(place, mine), '')
  while (!existsSync(join(place, other))) await new Promise((resolve) => setTimeout(resolve, 5))
}
