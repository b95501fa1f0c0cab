import { defineEventHandler, toWebRequest } from 'h3'
import { clerkSync } from '../../utils/clerk-sync'

// Every method: the page would answer a GET.
export default defineEventHandler((event) => clerkSync.handler(toWebRequest(event)))
