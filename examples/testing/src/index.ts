export { type ExampleDatabase, mysqlDatabase, postgresDatabase, sqliteDatabase } from './database.ts'
export { build, type ExampleServer, startServer } from './server.ts'
export { variantOf } from './variant.ts'

/** The signing secret that the examples are tested with. */
export const SECRET = `whsec_${Buffer.from('the secret of the examples').toString('base64')}`
