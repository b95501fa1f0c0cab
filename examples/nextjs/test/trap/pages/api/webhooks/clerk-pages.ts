export { default } from '@/pages/api/webhooks/clerk-pages'
