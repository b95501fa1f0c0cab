import { and, eq, isNotNull, isNull, lte, sql } from 'drizzle-orm'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import { outbox, users } from './schema.ts'

export interface Mail {
  readonly key: string
  readonly template: string
  readonly to: string
}

/**
 * Sends one e-mail that is due, and marks it; `false` when there is none. Any number of workers may call it at once.
 *
 * The row stays locked while it is sent, and other workers skip it. A worker that dies lets go of it unmarked: it is
 * sent again, with the same key.
 */
export function sendNext(db: NodePgDatabase, send: (mail: Mail) => Promise<void>): Promise<boolean> {
  return db.transaction(async (tx) => {
    const [mail] = await tx
      .select({ key: outbox.key, template: outbox.template, to: users.email })
      .from(outbox)
      .innerJoin(users, eq(users.id, outbox.userId))
      .where(and(isNull(outbox.sentAt), lte(outbox.dueAt, sql`now()`), isNull(users.deletedAt), isNotNull(users.email)))
      .orderBy(outbox.dueAt)
      .limit(1)
      .for('update', { of: outbox, skipLocked: true })
    if (!mail?.to) return false
    const failure = await send({ ...mail, to: mail.to }).then(() => undefined, String)
    if (failure) console.error(`${mail.key} was not sent: ${failure}`)
    await tx
      .update(outbox)
      .set(failure ? { attempts: sql`attempts + 1`, dueAt: later } : { sentAt: sql`now()` })
      .where(eq(outbox.key, mail.key))
    return true
  })
}

/** 1 s after the first failure, then 2, 4, 8, …, an hour at most. */
const later = sql`now() + least(power(2, attempts), 3600) * interval '1 second'`
