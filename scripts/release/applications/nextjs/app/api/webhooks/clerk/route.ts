import { clerkSync } from '../../../../src/clerk-sync'

export const POST = clerkSync.handler
