/** The columns of a user's row that are looked at. */
export interface UserRow {
  readonly email: string | null
  /** Whether the row has its `deletedAt`. */
  readonly deleted: boolean
}

/** What a host does by itself. It changes what is expected, never which cases run. */
export interface Capabilities {
  /** Who answers a GET. `library` (default): 405 `method_not_allowed`. `host`: its router, 404 or 405. */
  readonly get?: 'library' | 'host'
  /** Who refuses 2 MiB. `library` (default): 413 `body_too_large`. `host`: its own limit, 413 too. */
  readonly tooLarge?: 'library' | 'host'
}

export interface HostOptions {
  /** The route. A function where the server starts after the cases are registered. */
  readonly url: string | (() => string)
  /** The signing secret that the route was given, `whsec_…`. */
  readonly secret: string
  /** The user's row, read by a query of your own. With it the rows are looked at, and not the answers alone. */
  readonly read?: (userId: string) => Promise<UserRow | undefined>
  /** Takes the database away and brings it back; adds the case of a delivery that comes meanwhile. */
  readonly database?: { away(): Promise<unknown>; back(): Promise<unknown> }
  /** A content type whose bodies the host encodes in base64; adds the case of such a delivery. */
  readonly base64ContentType?: string
  /** Whether every header line reaches the route, also two of one name; adds a case of such a delivery. Default false. */
  readonly repeatedHeaders?: boolean
  readonly capabilities?: Capabilities
}
