// Builds dist/ from src/. Uses the compiler that npm installed; prints nothing when all is well.
import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, readFileSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
rmSync(`${root}/dist`, { recursive: true, force: true })
const tsc = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url))
execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' })
const { bin } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8'))
for (const file of Object.values(bin))
  if (existsSync(`${root}/${file}`)) chmodSync(`${root}/${file}`, 0o755)
