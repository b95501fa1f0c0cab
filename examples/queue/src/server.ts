import { createServer } from 'node:http'
import { toNodeHandler } from '@clerk-sync/core/node'
import { enqueue } from '@clerk-sync/queue'
import { pgBossQueue } from '@clerk-sync/queue/pg-boss'
import { boss, QUEUE } from './boss.ts'
import { clerkSync } from './clerk-sync.ts'

const route = enqueue(clerkSync, pgBossQueue(boss, QUEUE))

createServer(toNodeHandler(route)).listen(Number(process.env.PORT ?? 3000))
