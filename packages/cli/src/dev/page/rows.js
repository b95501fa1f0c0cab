import { make } from './dom.js'

const STATES = { live: '', deleted: 'a tombstone', absent: 'no row', unknown: 'not read' }

/** The row before and after, a line for each column; what differs stands out. */
export function rowChange({ key, before, after }) {
  const table = make('table', 'row')
  const [old, now] = [before.values ?? {}, after.values ?? {}]
  const head = make('tr')
  head.append(make('th', '', key), headOf('before', before), headOf('after', after))
  const columns = [...new Set([...Object.keys(old), ...Object.keys(now)])]
  const lines = columns.map((column) => {
    const [a, b] = [textOf(old, column), textOf(now, column)]
    const isKnown = before.state !== 'unknown' && after.state !== 'unknown'
    const line = make('tr', isKnown && a !== b ? 'differs' : '')
    const name = make('th', '', column)
    name.scope = 'row'
    line.append(name, make('td', '', a), make('td', '', b))
    return line
  })
  const thead = make('thead', '', head)
  table.append(thead, make('tbody', '', ...lines))
  return make('div', 'scroll', table)
}

function headOf(name, { state, reason }) {
  const cell = make('th', '', name)
  if (STATES[state]) cell.append(make('span', 'state', STATES[state]))
  if (reason) cell.append(make('span', 'state', reason))
  return cell
}

function textOf(values, column) {
  const value = values[column]
  if (value === undefined) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}
