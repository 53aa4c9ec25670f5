/** The release of MongoDB that this server answers as. */
export const SERVER_VERSION = '8.0.16'
