import { createServer } from 'node:http'
import { toNodeHandler } from '@clerk-sync/core/node'
import { clerkSync } from './clerk-sync.ts'

createServer(toNodeHandler(clerkSync)).listen(Number(process.env.PORT ?? 3000))
