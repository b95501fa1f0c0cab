// The driver adapters of Prisma 6, which resolve from this folder.
export { PrismaBetterSQLite3 } from '@prisma/adapter-better-sqlite3'
export { PrismaMariaDb } from '@prisma/adapter-mariadb'
export { PrismaPg } from '@prisma/adapter-pg'
