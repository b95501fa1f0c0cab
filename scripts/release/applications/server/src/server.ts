import { createServer } from 'node:http'
import { toNodeHandler } from '@clerk-sync/core/node'
import { clerkSync } from './clerk-sync.js'

createServer(toNodeHandler(clerkSync)).listen(Number(process.env.PORT), '127.0.0.1')
