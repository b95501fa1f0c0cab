// The older style of functions, at /.netlify/functions/clerk_webhook_event.
import { toLambdaHandler } from '@clerk-sync/core/lambda'
import type { Handler } from '@netlify/functions'
import { clerkSync } from '../../lib/clerk-sync.ts'

export const handler: Handler = toLambdaHandler(clerkSync)
