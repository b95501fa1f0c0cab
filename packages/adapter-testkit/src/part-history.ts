import type { History, KitEvent } from './history.ts'
import type { OnDelete } from './model.ts'
import { PART_NAMES, PARTS, type PartFacts, type PartLists, partData } from './parts.ts'
import { emptyRow, type RowValues } from './row.ts'
import { PART_SHAPES, type PartShape, type PartTableName, TABLES } from './tables.ts'

/** An event of a user, and the parts in its snapshot. */
export interface PartEvent extends KitEvent {
  readonly parts: PartLists
}

/** The user's event, with these parts in its snapshot. */
export function withParts(kitEvent: KitEvent, parts: PartLists): PartEvent {
  if (kitEvent.deletes) return { ...kitEvent, parts: {} }
  const { event, values } = kitEvent
  const email = parts.emailAddress?.find(({ primary }) => primary)?.text ?? null
  const data = { ...event.data, ...partData(parts) }
  return { ...kitEvent, event: { ...event, data } as typeof event, values: { ...values, email }, parts }
}

/** A list of parts of one kind: the first is the primary one. */
export function listOf(ids: readonly string[], text: string, verified = false): readonly PartFacts[] {
  return ids.map((id, n) => ({ id, text: `${text} ${id}`, verified, primary: n === 0 }))
}

/** The same parts of each kind. */
export function each(ids: readonly string[], text: string): PartLists {
  return Object.fromEntries(PART_NAMES.map((part) => [part, listOf(ids, text)]))
}

/** E-mail addresses alone. */
export function mail(...ids: string[]): PartLists {
  return { emailAddress: listOf(ids, 'at') }
}

/**
 * The specification: the parts of a user after a set of events, whatever their order and number. They are those of the
 * newest snapshot; none after a delete that erases or removes; one that keeps the values keeps them as well, and a snapshot
 * that is newer than what it keeps brings its own.
 */
export function expectedParts(onDelete: OnDelete, events: readonly PartEvent[]): PartLists {
  const counted = onDelete === 'keep' ? events.filter(({ deletes }) => !deletes) : events
  const newest = counted.reduce<PartEvent | undefined>(
    (best, event) => (best && best.version > event.version ? best : event),
    undefined,
  )
  return newest?.parts ?? {}
}

/** The rows that hold these parts, by their tables. */
export function partRows(
  shape: PartShape,
  history: Pick<History, 'key'>,
  lists: PartLists,
): Record<string, RowValues[]> {
  const tables: Readonly<Record<string, PartTableName>> = PART_SHAPES[shape]
  const entries = PART_NAMES.flatMap((part): [string, RowValues[]][] => {
    const table = tables[part]
    if (!table) return []
    const rows = (lists[part] ?? []).map((facts) => {
      const columns: object = TABLES[table].columns
      const values = Object.entries(PARTS[part].values(facts)).filter(([name]) => name in columns)
      return { ...emptyRow(table), userId: history.key, id: facts.id, ...Object.fromEntries(values) }
    })
    return [[table, rows.sort(byId)]]
  })
  return Object.fromEntries(entries)
}

export function byId(a: RowValues, b: RowValues): number {
  return String(a.id) < String(b.id) ? -1 : 1
}
