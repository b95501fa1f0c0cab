import { fastifyClerkSync } from '@clerk-sync/core/fastify'
import fastify from 'fastify'
import { afterAll, describe, it } from 'vitest'
import { hostConformance } from '../src/index.ts'
import { library, SECRET } from './server.ts'

const { clerkSync, read, database } = library()
const app = fastify({ forceCloseConnections: true })
app.register(fastifyClerkSync, { clerkSync, path: '/webhook' })
const url = `${await app.listen({ port: 0, host: '127.0.0.1' })}/webhook`
afterAll(() => app.close())

hostConformance({ runner: { describe, it }, url, secret: SECRET, read, database, repeatedHeaders: true })
