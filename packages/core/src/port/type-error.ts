/**
 * A sentence that the compiler prints where a usage cannot be right. Nothing has this type.
 *
 * @typeParam Message - what is wrong and what to do
 */
export interface ClerkSyncTypeError<Message extends string> {
  readonly clerkSyncTypeError: Message
}
