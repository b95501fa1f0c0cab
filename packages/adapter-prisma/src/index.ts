export { type AdapterOptions, prismaAdapter } from './prisma-adapter.ts'
export type { TransactionOptions } from './runner.ts'
