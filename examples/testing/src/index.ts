export { conformanceCommand } from './command.ts'
export { type ExampleDatabase, mysqlDatabase, postgresDatabase, sqliteDatabase } from './database.ts'
export { SECRET } from './secret.ts'
export { build, type ExampleServer, startServer } from './server.ts'
