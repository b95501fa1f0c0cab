/**
 * Where deliveries are logged: pino, Fastify's log, bunyan, `console`, or anything with these methods. Of another order of
 * arguments: `{ error: (fields, message) => winston.error(message, fields), … }`.
 */
export interface ClerkSyncLogger {
  info(fields: object, message: string): unknown
  warn(fields: object, message: string): unknown
  error(fields: object, message: string): unknown
}

/** What a logger gets of one delivery, beside a sentence. No value of a row or of a payload is among them. */
export interface LogFields {
  /** `clerk-sync`, to filter a log by. */
  readonly lib: string
  readonly status: number
  /** Of what was stored or ignored. */
  readonly outcome?: string
  /** Of what failed. */
  readonly code?: string
  /** The address of the code's page. */
  readonly docs?: string
  /** The type of the event, once it was verified. */
  readonly eventType?: string
  /** Its svix-id. */
  readonly messageId?: string
  readonly durationMs: number
  readonly lagMs?: number
  /** Names, codes and harmless sentences of the errors behind it. */
  readonly causes?: string
  /**
   * Where the application's own code threw, with the message of an error of its own. JavaScript's errors, such as
   * SyntaxError, may quote a value: of those, the name alone.
   */
  readonly stack?: string
}
