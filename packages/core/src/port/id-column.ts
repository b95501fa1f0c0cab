import { definitionOf, type Entity } from '../entities/all-entities.ts'

/** What follows the prefix in an id: 27 letters and digits. */
const RANDOM = '2abcDEFghiJKLmnoPQRstuVWXyz'

/** What a schema may call a type that takes no text. A type that is not known may be the application's own. */
const NOT_TEXT =
  /^(uuid|(tiny|small|medium|big)?int(eger)?|int\d|(small|big)?serial|numeric|decimal|real|double( precision)?|float|bool(ean)?|bit|date(time)?|timestamp.*|time.*|year|jsonb?|blob|bytea|(var)?binary|varbit|inet|xml|enum)$/

/** What is known of a column's type. */
export interface IdColumn {
  /** As in a `create table`: `varchar(255)` */
  readonly type: string
  /** Whether it takes text; undefined where its name has to say it. */
  readonly takesText?: boolean | undefined
  /** Whether the database gives a `char(n)` back filled up with blanks. */
  readonly padsChars: boolean
}

/**
 * Why a column cannot hold the Clerk ids of an entity, to follow the column's name in a message; undefined where it can,
 * and where the type is not known.
 */
export function unfitForIds(entity: Entity, { type, takesText, padsChars }: IdColumn): string | undefined {
  const [, name = '', length] = /^([a-z][a-z0-9 ]*?) *(?:\((\d+)\)|\(.*\))?$/.exec(type.toLowerCase()) ?? []
  const fix = 'Give it text, or varchar(255).'
  const isChar = /^(n?char|character|bpchar)$/.test(name)
  if (isChar && padsChars) {
    return `has the type ${type}, which fills ids up with blanks, so that no row is found by its id. ${fix}`
  }
  if (!(takesText ?? !NOT_TEXT.test(name))) {
    return `has the type ${type}, and the Clerk id of the ${entity} is text, such as ${exampleOf(entity)}. ${fix}`
  }
  const held = isChar && length === undefined ? 1 : Number(length)
  const needed = exampleOf(entity).length
  if (!(isChar || /varchar$|^character varying$/.test(name)) || !(held < needed)) return undefined
  return `holds ${held} characters, and the Clerk id of the ${entity} has ${needed}. ${fix}`
}

function exampleOf(entity: Entity): string {
  const { id } = definitionOf(entity).samples.full
  return id.slice(0, id.lastIndexOf('_') + 1) + RANDOM
}

/** Which columns hold the id of which entity, by the names that fill them. */
const REFERENCES: ReadonlyMap<string, Entity> = new Map<string, Entity>([
  ['userid', 'user'],
  ['createdby', 'user'],
  ['organizationid', 'organization'],
])

/** The entity whose id a column holds, where a map gives the record's field of its name. */
export function referredBy(property: string): Entity | undefined {
  return REFERENCES.get(property.replaceAll('_', '').toLowerCase())
}

/** Whether a map gave a Clerk id, and not a key of the application's that it made of one. */
export function looksLikeClerkId(value: unknown): boolean {
  return typeof value === 'string' && /^[a-z]+_/.test(value)
}
