import { button, byId, make, momentOf, note } from './dom.js'

/** Each table's rows, and how many Clerk has. Undefined where they are not to be seen from here. */
export function showTables(tables) {
  note('tables-note', tables ? '' : "The rows are in the memory of the application's own process.")
  byId('tables').replaceChildren(
    ...(tables ?? []).map(({ table, live, tombstones, unsynced, clerk, reason }) => {
      const synced = live - unsynced
      const card = make('div', clerk === undefined || clerk === synced ? '' : 'drift')
      const beside = [
        clerk === undefined
          ? undefined
          : clerk === synced
            ? 'as many as Clerk has'
            : `Clerk has ${clerk.toLocaleString('en')}`,
        reason && `Clerk's count is not known: ${reason}`,
        unsynced > 0 && `${unsynced} without Clerk`,
        tombstones > 0 && `${tombstones} deleted`,
      ]
      card.append(make('dt', '', table), make('dd', '', synced.toLocaleString('en')))
      card.append(make('dd', 'beside', beside.filter(Boolean).join(' · ')))
      return card
    }),
  )
}

/**
 * @param {object[] | null} letters null where they are not to be seen from here
 * @param {string} adapter its name
 * @param {(wish: object) => void} send undefined where nothing may be sent
 */
export function showLetters(letters, adapter, send) {
  const said = letters
    ? letters.length > 0
      ? 'Refused until their last attempts. Mend what refused them, and send them again.'
      : 'None.'
    : adapter === 'memory'
      ? "They are in the memory of the application's own process."
      : 'The adapter has no table for them.'
  note('letters-note', said)
  byId('letters').replaceChildren(
    ...(letters ?? []).map(({ id, type, code, reason, parkedAt }) => {
      const item = make('li', 'failed', make('span', 'badge', code), make('span', 'type', type))
      item.append(make('p', '', reason), make('p', 'quiet', `${id}, parked at ${momentOf(Date.parse(parkedAt))}`))
      if (send) item.append(button('Send it again', () => send({ letter: id })))
      return item
    }),
  )
}

/** What is wrong comes first. */
const SEVERITIES = ['error', 'warning', 'unknown', 'note', 'ok']

export function showFindings({ findings = [], errors, warnings, error }) {
  const plural = (n, word) => `${n} ${word}${n === 1 ? '' : 's'}`
  note('doctor-note', error?.message ?? `${plural(errors, 'error')}, ${plural(warnings, 'warning')}`)
  byId('findings').replaceChildren(
    ...findings.toSorted(bySeverity).map(({ check, severity, message, fix }) => {
      const item = make('li', severity, make('span', 'badge', severity), make('strong', '', check))
      item.append(make('p', '', message))
      if (fix) item.append(make('p', 'fix', fix))
      return item
    }),
  )
}

const bySeverity = (a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity)

/** @param {(wish: object) => void} send undefined where nothing may be sent */
export function showScenarios(scenarios, route, send) {
  const sends = `Each sends its deliveries to ${route}, signed, as Clerk would. They write into your tables.`
  const off = 'Off: this page only looks. Start it with clerk-sync dev --allow-send to send deliveries to your route.'
  note('send-note', send ? sends : off)
  byId('scenarios').replaceChildren(
    ...scenarios.map(({ name, what }) => {
      const one = button(name, () => send?.({ scenario: name }))
      one.title = what
      one.disabled = !send
      return one
    }),
  )
}
