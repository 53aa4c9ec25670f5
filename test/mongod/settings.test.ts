/** The command line of `mongod`: what it means, and what it says of mistakes. */
import { describe, expect, test } from 'vitest'
import { MongodUsageError, settingsOf } from '../../src/mongod/index.ts'

function complaint(...args: string[]): string {
  try {
    settingsOf(args)
  } catch (error) {
    if (error instanceof MongodUsageError) return error.message
    throw error
  }
  throw new Error('it did not complain')
}

test('without options: the defaults of mongod', () => {
  expect(settingsOf([])).toMatchObject({
    action: 'run',
    port: 27_017,
    bindIps: ['localhost'],
    socketFolder: '/tmp',
    setName: undefined,
    auth: false,
    parameters: {},
  })
})

// Source: `prepareCommandArgs` of mongodb-memory-server-core 11.3, MongoInstance.js
test('what mongodb-memory-server gives', () => {
  const args = ['--port', '41001', '--dbpath', '/tmp/x', '--replSet', 'testset']
  args.push('--storageEngine', 'wiredTiger', '--bind_ip', '127.0.0.1', '--auth')
  args.push('--keyFile', '/tmp/x/keyfile', '--setParameter', 'ttlMonitorSleepSecs=1')
  const settings = settingsOf(args)
  expect(settings).toMatchObject({
    port: 41_001,
    dbPath: '/tmp/x',
    setName: 'testset',
    bindIps: ['127.0.0.1'],
    auth: true,
    keyFile: '/tmp/x/keyfile',
    parameters: { ttlMonitorSleepSecs: 1 },
  })
  expect(settings.commandLine).toEqual({
    argv: ['mongod', ...args],
    parsed: {
      net: { port: 41_001, bindIp: '127.0.0.1' },
      storage: { dbPath: '/tmp/x', engine: 'wiredTiger' },
      replication: { replSet: 'testset' },
      security: { authorization: 'enabled', keyFile: '/tmp/x/keyfile' },
      setParameter: { ttlMonitorSleepSecs: '1' },
    },
  })
})

const good: [args: string[], expected: object][] = [
  [['--port=5000'], { port: 5000 }],
  [['-h'], { action: 'help' }],
  [['--version'], { action: 'version' }],
  [['-vvv', '--verbose'], { action: 'run' }],
  [['--bind_ip', '127.0.0.1, ::1,127.0.0.1'], { bindIps: ['127.0.0.1', '::1'] }],
  [['--bind_ip_all', '--ipv6'], { bindIps: ['*'], ipv6: true }],
  [['--nounixsocket'], { socketFolder: undefined }],
  [['--unixSocketPrefix', '/run'], { socketFolder: '/run' }],
  [['--replSet', 'rs0/one:1,two:2'], { setName: 'rs0' }],
  [['--keyFile', 'k'], { auth: true }],
  [['--keyFile', 'k', '--noauth'], { auth: false }],
  [['--logpath', 'l', '--logappend'], { logPath: 'l', logAppend: true }],
  [
    ['--setParameter', 'enableTestCommands=0', '--setParameter', 'cursorTimeoutMillis=5'],
    { parameters: { enableTestCommands: false, cursorTimeoutMillis: 5 } },
  ],
  [['--setParameter=diagnosticDataCollectionEnabled=false'], { parameters: {} }],
  [['--storageEngine', 'ephemeralForTest'], { action: 'run' }],
]
test.each(good)('%j', (args, expected) => {
  expect(settingsOf(args)).toMatchObject(expected)
})

// The texts are those of Boost's program_options and of mongod 8.0.
describe('complains of', () => {
  const bad: [args: string[], what: string][] = [
    [['--x'], "unrecognised option '--x'"],
    [['--x=1'], "unrecognised option '--x'"],
    [['-x'], "unrecognised option '-x'"],
    [['serve'], 'too many positional options have been specified on the command line'],
    [['--port'], "the required argument for option '--port' is missing"],
    [['--port', '--auth'], "the required argument for option '--port' is missing"],
    [['--port', 'abc'], "the argument ('abc') for option '--port' is invalid"],
    [['--port', '70000'], 'bad --port number: 70000'],
    [['--port', '1', '--port', '2'], 'Multiple occurrences of option "--port"'],
    [['--auth=yes'], "option '--auth' does not take any arguments"],
    [['--bind_ip', 'x', '--bind_ip_all'], "Can't specify both '--bind_ip' and '--bind_ip_all'"],
    [['--storageEngine', 'mmapv1'], 'Cannot start server with an unknown storage engine: mmapv1'],
    [['--logappend'], 'logappend requires logpath'],
    [['--fork'], "palimpsest-mongod has no '--fork': start it in the background yourself"],
    [['-f', 'x'], "palimpsest-mongod has no '--config': give the options on the command line"],
  ]
  test.each(bad)('%j', (args, what) => {
    expect(complaint(...args)).toBe(
      `Error parsing command line: ${what}\ntry 'mongod --help' for more information`,
    )
  })

  const parameters: [given: string, what: RegExp][] = [
    ['ttlMonitorSleepSecs', /^BadValue: Illegal --setParameter parameter: "ttlMonitorSleepSecs"/],
    ['notablescan=1', /^BadValue: Unknown --setParameter 'notablescan'/],
    ['ttlMonitorSleepSecs=0', /^BadValue: .*ttlMonitorSleepSecs: 0 is not greater than 0/],
    ['ttlMonitorSleepSecs=', /^BadValue: .*ttlMonitorSleepSecs/],
    ['enableTestCommands=maybe', /^BadValue: Bad value for parameter "enableTestCommands": maybe/],
  ]
  test.each(parameters)('--setParameter %s', (given, what) => {
    expect(complaint('--setParameter', given)).toMatch(what)
  })
})
