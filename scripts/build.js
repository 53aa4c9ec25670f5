// Builds dist/ from src/; prints nothing when all is well.
//
//     node scripts/build.js [FOLDER [--modules-only]]
//
// Another folder than dist/ is for tests of the package as it is installed; those need no types.
//
// Declarations come from the compiler, file by file. The modules are bundled: each door of the
// package and each program becomes one file, and what several have in common a chunk that they
// share. Loading four hundred small files takes Node some 200 ms, which every test file of a suite
// would pay again; loading the bundle takes a quarter of that.
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const [folder = 'dist', modulesOnly] = process.argv.slice(2)
const root = fileURLToPath(new URL('..', import.meta.url))
const outdir = resolve(root, folder)
const here = createRequire(import.meta.url)
// The bundler that tsx brings along.
const { build } = createRequire(here.resolve('tsx/package.json'))('esbuild')
const { bin, exports } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8'))

/** Parts that benchmarks take by themselves; no door of the package. */
const PARTS = ['dist/server/wire/message_framer.js', 'dist/server/wire/request.js']

const programs = Object.values(bin)
const doors = Object.values(exports).flatMap((door) => door.default ?? [])

/** Bundles built files of their sources; those of one call share what they have in common. */
async function bundle(files) {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: files.map((file) => file.replace(/^(?:\.\/)?dist\/(.*)\.js$/, 'src/$1.ts')),
    outbase: 'src',
    outdir,
    // As deep as the programs are: they find package.json two folders up.
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'es2023',
    packages: 'external',
    legalComments: 'none',
    logLevel: 'warning',
    write: false,
  })
  for (const { path, contents } of outputFiles) {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, contents)
  }
}

rmSync(outdir, { recursive: true, force: true })
await bundle([...programs, ...doors])
await bundle(PARTS)
for (const file of programs) chmodSync(resolve(outdir, file.replace(/^(?:\.\/)?dist\//, '')), 0o755)

if (modulesOnly === undefined) {
  const tsc = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url))
  const options = ['-p', 'tsconfig.build.json', '--emitDeclarationOnly', '--outDir', outdir]
  execFileSync(process.execPath, [tsc, ...options], { cwd: root, stdio: 'inherit' })
}
