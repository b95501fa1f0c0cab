export { type BullmqQueue, type BullmqQueueOptions, bullmqQueue } from './bullmq-queue.ts'
export { consumeBullmq } from './bullmq-worker.ts'
