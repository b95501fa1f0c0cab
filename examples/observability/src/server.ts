import { fastifyClerkSync } from '@clerk-sync/core/fastify'
import { isNull } from 'drizzle-orm'
import fastify from 'fastify'
import { clerkSync, db } from './clerk-sync.ts'
import { users } from './schema.ts'

const app = fastify({ logger: true })

app.register(fastifyClerkSync, { clerkSync, path: '/api/webhooks/clerk' })

app.get('/users', () => db.select().from(users).where(isNull(users.deletedAt)))

await app.listen({ port: Number(process.env.PORT ?? 3000), host: process.env.HOST ?? 'localhost' })
