/** One option of `mongod`. Each has a row in `OPTIONS`, also those that are refused. */
export interface MongodOption {
  /** How `--help` names its value; left out for a flag. */
  readonly value?: string
  readonly short?: string
  /** Whether it may be given several times. */
  readonly repeats?: true
  readonly help: string
  /** Where the option stands in a configuration: what `getCmdLineOpts` shows. */
  readonly path?: string
  /** Why it is refused: what it asks for would have to be done, and is not. */
  readonly refused?: string
}

const NO_DISK = 'accepted; there is no disk'
const NO_TLS = 'there is no TLS'
const NO_SHARDS = 'there is no sharded cluster'

/**
 * The options of `mongod` 8.0 that somebody may give. Source: server_options_base.idl,
 * server_options_general.idl, mongod_options_*.idl (8.0).
 */
export const OPTIONS = {
  help: { short: 'h', help: 'show this usage information' },
  version: { help: 'show version information' },
  port: {
    value: 'arg',
    help: 'port number, 27017 by default; 0 takes a free one',
    path: 'net.port',
  },
  bind_ip: {
    value: 'arg',
    help: 'comma separated list of addresses to listen on, localhost by default',
    path: 'net.bindIp',
  },
  bind_ip_all: { help: 'listen on all addresses', path: 'net.bindIpAll' },
  ipv6: { help: 'listen on IPv6 addresses, too', path: 'net.ipv6' },
  nounixsocket: { help: 'no Unix domain socket', path: 'net.unixDomainSocket.enabled' },
  unixSocketPrefix: {
    value: 'arg',
    help: 'folder of the Unix domain socket, /tmp by default',
    path: 'net.unixDomainSocket.pathPrefix',
  },
  dbpath: { value: 'arg', help: 'a folder, which is left as it is', path: 'storage.dbPath' },
  storageEngine: {
    value: 'arg',
    help: 'wiredTiger; inMemory and ephemeralForTest are accepted',
    path: 'storage.engine',
  },
  replSet: { value: 'arg', help: 'name of the replica set', path: 'replication.replSet' },
  auth: { help: 'run with security', path: 'security.authorization' },
  noauth: { help: 'run without security', path: 'security.authorization' },
  keyFile: {
    value: 'arg',
    help: 'private key of the set; implies --auth',
    path: 'security.keyFile',
  },
  setParameter: {
    value: 'arg',
    repeats: true,
    help: 'set a parameter: name=value',
    path: 'setParameter',
  },
  quiet: { help: 'accepted; connections are not logged', path: 'systemLog.quiet' },
  verbose: { short: 'v', value: '[=arg(=v)]', help: 'accepted; there is no more to say' },
  logpath: { value: 'arg', help: 'file to log to instead of stdout', path: 'systemLog.path' },
  logappend: { help: 'append to the log file', path: 'systemLog.logAppend' },
  pidfilepath: {
    value: 'arg',
    help: 'file for the process id',
    path: 'processManagement.pidFilePath',
  },
  directoryperdb: { help: NO_DISK, path: 'storage.directoryPerDB' },
  syncdelay: { value: 'arg', help: NO_DISK, path: 'storage.syncPeriodSecs' },
  journalCommitInterval: {
    value: 'arg',
    help: NO_DISK,
    path: 'storage.journal.commitIntervalMs',
  },
  oplogSize: { value: 'arg', help: NO_DISK, path: 'replication.oplogSizeMB' },
  wiredTigerCacheSizeGB: {
    value: 'arg',
    help: NO_DISK,
    path: 'storage.wiredTiger.engineConfig.cacheSizeGB',
  },
  wiredTigerJournalCompressor: {
    value: 'arg',
    help: NO_DISK,
    path: 'storage.wiredTiger.engineConfig.journalCompressor',
  },
  wiredTigerDirectoryForIndexes: {
    help: NO_DISK,
    path: 'storage.wiredTiger.engineConfig.directoryForIndexes',
  },
  wiredTigerCollectionBlockCompressor: {
    value: 'arg',
    help: NO_DISK,
    path: 'storage.wiredTiger.collectionConfig.blockCompressor',
  },
  wiredTigerIndexPrefixCompression: {
    value: 'arg',
    help: NO_DISK,
    path: 'storage.wiredTiger.indexConfig.prefixCompression',
  },
  fork: refused('start it in the background yourself'),
  config: { ...refused('give the options on the command line', 'arg'), short: 'f' },
  syslog: refused('the log goes to stdout, or to --logpath'),
  profile: refused('use the profile command', 'arg'),
  slowms: refused('use the profile command', 'arg'),
  maxConns: refused('connections are not limited', 'arg'),
  networkMessageCompressors: refused('compressors are not configurable', 'arg'),
  notablescan: refused('collection scans are always allowed'),
  transitionToAuth: refused('there is one node, which has --auth or not'),
  clusterAuthMode: refused('there is one node, which has nobody to trust', 'arg'),
  restore: refused('nothing is stored'),
  repair: refused('nothing is stored'),
  upgrade: refused('nothing is stored'),
  shutdown: refused('use the shutdown command, or a signal'),
  configsvr: refused(NO_SHARDS),
  shardsvr: refused(NO_SHARDS),
  tlsMode: refused(NO_TLS, 'arg'),
  tlsCertificateKeyFile: refused(NO_TLS, 'arg'),
  tlsCAFile: refused(NO_TLS, 'arg'),
} as const satisfies Readonly<Record<string, MongodOption>>

function refused(why: string, value?: string): MongodOption {
  const option = { help: '', refused: why }
  return value === undefined ? option : { ...option, value }
}

export type MongodOptionName = keyof typeof OPTIONS

export function optionNamed(name: string): MongodOption | undefined {
  return Object.hasOwn(OPTIONS, name) ? OPTIONS[name as MongodOptionName] : undefined
}

/** The long name of an option of one letter. */
export function longNameOf(letter: string): string | undefined {
  return Object.entries(OPTIONS).find(
    ([, option]: [string, MongodOption]) => option.short === letter,
  )?.[0]
}
