import type { Config } from '@netlify/functions'
import { clerkSync } from '../../lib/clerk-sync.ts'

export default clerkSync.handler

export const config: Config = { path: '/api/webhooks/clerk' }
