export {
  type ConsumedMessage,
  type ConsumeOptions,
  type Consumer,
  consume,
  type FailedMessage,
  type ReceivedMessage,
} from './consume.ts'
export { type DeliveryQueue, enqueue, type QueueRoute } from './enqueue.ts'
export type { QueueMessage } from './message.ts'
