import { createFileRoute } from '@tanstack/react-router'
import { clerkSync } from '../../../clerk-sync.ts'

// Every method: a GET would otherwise be answered with an empty page, and 200.
export const Route = createFileRoute('/api/webhooks/clerk')({
  server: { handlers: { ANY: ({ request }) => clerkSync.handler(request) } },
})
