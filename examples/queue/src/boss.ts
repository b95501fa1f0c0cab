import { pgBossQueueOptions } from '@clerk-sync/queue/pg-boss'
import { PgBoss } from 'pg-boss'

export const QUEUE = 'clerk'
const DEAD = 'clerk-dead'

export const boss = new PgBoss(process.env.QUEUE_DATABASE_URL ?? '')
boss.on('error', (error) => console.error(`pg-boss: ${error.message}`))
await boss.start()

// What exists stays as it is.
await boss.createQueue(DEAD, pgBossQueueOptions)
await boss.createQueue(QUEUE, { ...pgBossQueueOptions, deadLetter: DEAD })
