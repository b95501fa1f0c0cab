export { type PrismaAdapterOptions, prismaAdapter } from './prisma-adapter.ts'
export type { PrismaTransactionOptions } from './transaction.ts'
export type { PrismaModels } from './types.ts'
