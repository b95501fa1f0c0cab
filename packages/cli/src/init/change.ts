/** A file as it is and as it would be. */
export interface Change {
  readonly path: string
  /** Undefined where there is no file yet. */
  readonly before: string | undefined
  readonly after: string
}
