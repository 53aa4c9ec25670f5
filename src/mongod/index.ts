/**
 * # mongod: the command line and the log of MongoDB's server
 *
 * What `mongod` is told and what it says, as text: its options and their mistakes (`options.ts`,
 * `parse.ts`), what they mean for a simulator (`settings.ts`), the lines of its log (`log_line.ts`,
 * `messages.ts`), its `--help` and `--version`. Programs that start a `mongod` and read what it
 * prints find what they look for.
 *
 * Pure text in, pure text out: `cli/mongod` has the process around it, `memory_server` takes the
 * same options in process. May import `engine`, `server`, `bson`.
 */
export { EXIT_CODES } from './exit_codes.ts'
export { helpText } from './help.ts'
export { type LogLine, logText } from './log_line.ts'
export {
  accessMessage,
  bindFailureMessage,
  dataFolderMessage,
  keyFileMessage,
  listeningMessages,
  memoryMessage,
  noticeMessage,
  replicationMessages,
  shutdownMessages,
  signalMessages,
  startMessages,
} from './messages.ts'
export { MongodUsageError, parseArguments } from './parse.ts'
export { type Listening, type ListenTcp, listenAtAddresses } from './places.ts'
export { type MongodSettings, settingsOf } from './settings.ts'
export { versionText } from './version.ts'
