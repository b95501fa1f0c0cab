import { fastifyClerkSync } from '@clerk-sync/core/fastify'
import fastify from 'fastify'
import { clerkSync, db } from './clerk-sync.ts'

const app = fastify({ logger: true })

app.register(fastifyClerkSync, { clerkSync, path: '/api/webhooks/clerk' })

app.get('/users', () => db.selectFrom('users').selectAll().where('deleted_at', 'is', null).execute())

await app.listen({ port: Number(process.env.PORT ?? 3000), host: process.env.HOST ?? 'localhost' })
