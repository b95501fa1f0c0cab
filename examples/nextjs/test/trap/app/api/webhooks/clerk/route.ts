export { POST } from '@/app/api/webhooks/clerk/route'
