import { toNodeHandler } from '@clerk-sync/core/node'
import express from 'express'
import { clerkSync } from '../src/clerk-sync.ts'

const app = express()
app.use(express.json())
app.post('/api/webhooks/clerk', toNodeHandler(clerkSync))
app.listen(Number(process.env.PORT))
