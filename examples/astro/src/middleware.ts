import { clerkMiddleware } from '@clerk/astro/server'

// It protects nothing by itself: pages do, and the webhook route is public.
export const onRequest = clerkMiddleware()
