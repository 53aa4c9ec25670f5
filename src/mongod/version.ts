/**
 * What `--version` prints: the version first, which is what programs look for, then what was built
 * how. Source: `VersionInfoInterface::logBuildInfo`, version.cpp (8.0).
 */
export function versionText(version: string): string {
  const build = {
    version,
    gitVersion: 'palimpsest',
    modules: ['palimpsest'],
    allocator: 'system',
    environment: { distmod: 'node', distarch: 'any', target_arch: 'any' },
  }
  return `db version v${version}\nBuild Info: ${JSON.stringify(build, undefined, 4)}`
}
