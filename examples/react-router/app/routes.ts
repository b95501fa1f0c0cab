import { index, type RouteConfig, route } from '@react-router/dev/routes'

export default [index('routes/users.tsx'), route('api/webhooks/clerk', 'routes/clerk-webhook.ts')] satisfies RouteConfig
