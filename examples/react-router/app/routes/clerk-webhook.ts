import type { ActionFunctionArgs } from 'react-router'
import { clerkSync } from '../clerk-sync.server.ts'

export const action = ({ request }: ActionFunctionArgs) => clerkSync.handler(request)

// Answers a GET with 405, instead of an error in the log.
export const loader = action
