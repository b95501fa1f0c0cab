export { type PrismaAdapterOptions, prismaAdapter } from './prisma-adapter.ts'
export type { PrismaTransactionOptions } from './transactional-client.ts'
export type { PrismaModels } from './types.ts'
