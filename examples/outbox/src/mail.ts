import type { Mail } from './outbox.ts'

/** A mail service with an API over HTTP, one that knows idempotency keys. */
export async function sendMail({ key, template, to }: Mail): Promise<void> {
  const response = await fetch(process.env.MAIL_URL ?? '', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify({ template, to }),
    // The row is locked for as long.
    signal: AbortSignal.timeout(10_000),
  })
  if (!response.ok) throw new Error(`the mail service answered ${response.status}`)
}
