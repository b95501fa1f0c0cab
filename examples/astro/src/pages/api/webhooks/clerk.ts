import type { APIRoute } from 'astro'
import { clerkSync } from '../../../lib/clerk-sync.ts'

export const POST: APIRoute = ({ request }) => clerkSync.handler(request)
