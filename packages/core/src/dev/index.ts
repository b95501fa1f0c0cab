export { recordDeliveries } from './record-deliveries.ts'
export type { RecordedDelivery, RecordedError, RecordedRow } from './recorded-delivery.ts'
