import { toNodeHandler } from '@clerk-sync/core/node'
import { clerkSync } from '@/lib/clerk-sync'

// The signature is over the bytes of the body.
export const config = { api: { bodyParser: false } }

export default toNodeHandler(clerkSync)
