import { consumePgBoss } from '@clerk-sync/queue/pg-boss'
import { boss, QUEUE } from './boss.ts'
import { clerkSync } from './clerk-sync.ts'

await consumePgBoss(clerkSync, boss, QUEUE)

process.once('SIGTERM', async () => {
  await boss.stop()
  await clerkSync.close()
  process.exit()
})
