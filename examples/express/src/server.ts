import { toNodeHandler } from '@clerk-sync/core/node'
import { isNull } from 'drizzle-orm'
import express from 'express'
import { clerkSync, db } from './clerk-sync.ts'
import { users } from './schema.ts'

const app = express()

// Before express.json(): the signature is over the bytes of the body.
app.post('/api/webhooks/clerk', toNodeHandler(clerkSync))

app.use(express.json())
app.get('/users', async (_request, response) => {
  response.json(await db.select().from(users).where(isNull(users.deletedAt)))
})

app.listen(Number(process.env.PORT ?? 3000))
