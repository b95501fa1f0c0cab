import { type Delivery, primaryEmail, type UserData, verified } from './deliveries.ts'

/** What the hand-written handler writes, in the spelling of the application's tables. */
export interface UserRow {
  id: string
  email: string | null
  firstName: string | null
  lastName: string | null
  imageUrl: string
}

/** The statements of the hand-written handler, each as the users of an ORM would write it. */
export interface Statements {
  processed(message: string): Promise<boolean>
  create(user: UserRow): PromiseLike<unknown>
  update(user: UserRow): PromiseLike<unknown>
  markProcessed(message: string): PromiseLike<unknown>
  /** What an application does besides, as the hooks of the others do it. */
  welcome?(user: string, message: string): PromiseLike<unknown>
}

/** The handler that guides show: verify, select processed, insert or update, insert processed. No transaction, no order. */
export function byHand(statements: Statements): (delivery: Delivery) => Promise<void> {
  return async (delivery) => {
    const { type, data } = verified(delivery)
    const message = delivery.headers['svix-id'] ?? ''
    if (await statements.processed(message)) return
    if (type === 'user.created') await statements.create(rowOf(data))
    else await statements.update(rowOf(data))
    await statements.welcome?.(data.id, message)
    await statements.markProcessed(message)
  }
}

export function rowOf(data: UserData): UserRow {
  return {
    id: data.id,
    email: primaryEmail(data),
    firstName: data.first_name,
    lastName: data.last_name,
    imageUrl: data.image_url,
  }
}
