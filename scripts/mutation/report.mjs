// What StrykerJS found, in words: https://github.com/stryker-mutator/mutation-testing-elements, the schema of its report.
import { NOT_DRAWN, nameOf } from './sample.mjs'

/**
 * @typedef {import('./sample.mjs').Change & { status: string, statusReason?: string }} Mutant
 * @typedef {{ files: Record<string, { source: string, mutants: Mutant[] }> }} Report
 */

const NOTICED = new Set(['Killed', 'Timeout', 'RuntimeError', 'CompileError'])
const UNNOTICED = new Set(['Survived', 'NoCoverage'])

/** One line for each fault that no test saw. @param {Report} report @param {string[]} files */
export function survivors(report, files) {
  return entries(report, files).flatMap(([file, { source, mutants }]) =>
    mutants
      .filter(({ status }) => UNNOTICED.has(status))
      .map(({ location: { start, end }, replacement = '', mutatorName }) => {
        const line = source.split('\n')[start.line - 1] ?? ''
        const text = start.line === end.line ? line.slice(start.column - 1, end.column - 1) : `${line.trim()} …`
        return `${file}:${start.line} ${mutatorName}: ${text} -> ${replacement.replaceAll(/\s+/g, ' ')}`
      }),
  )
}

/** Their names, for a run that tries them again. @param {Report} report @param {string[]} files */
export function left(report, files) {
  return entries(report, files).flatMap(([file, { mutants }]) =>
    mutants.filter(({ status }) => UNNOTICED.has(status)).map((mutant) => nameOf(file, mutant)),
  )
}

/** A report, and what a second run noticed of what this one left. @param {Report} report @param {Report} second @returns {Report} */
export function withSecond(report, second) {
  const noticed = new Map(
    Object.entries(second.files).flatMap(([file, { mutants }]) =>
      mutants.filter(isNoticed).map((mutant) => [nameOf(file, mutant), mutant]),
    ),
  )
  const files = Object.entries(report.files).map(([file, { source, mutants }]) => [
    file,
    { source, mutants: mutants.map((mutant) => noticed.get(nameOf(file, mutant)) ?? mutant) },
  ])
  return { files: Object.fromEntries(files) }
}

/**
 * A table of Markdown, a row for each folder and one for all of them. Of a sample it says of how many faults it was
 * drawn, and between which scores that of all of them is, 19 times of 20. After a second run, the same by both of them.
 * @param {Report} report @param {string[]} files @param {Report} [both]
 */
export function figures(report, files, both) {
  const sampled = entries(report, files).some(([, { mutants }]) => mutants.some(isLeftOut))
  const secondRows = both && byFolder(both, files)
  const rows = [...byFolder(report, files)].map(([folder, mutants]) => [
    folder,
    faults(mutants, sampled),
    ...cells(mutants, sampled),
    ...(secondRows ? cells(secondRows.get(folder) ?? [], sampled) : []),
  ])
  const columns = ['not noticed', 'score, %', ...(sampled ? ['95 % interval'] : [])]
  const head = ['folder', 'faults', ...columns, ...(both ? columns.map((column) => `${column}, all tests`) : [])]
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')
}

/** @param {Report} report @param {string[]} files @returns {Map<string, Mutant[]>} */
function byFolder(report, files) {
  /** @type {Map<string, Mutant[]>} */
  const folders = new Map()
  for (const [file, { mutants }] of entries(report, files)) {
    const folder = file.slice(0, file.lastIndexOf('/'))
    folders.set(folder, [...(folders.get(folder) ?? []), ...mutants])
  }
  if (folders.size > 1) folders.set('all', [...folders.values()].flat())
  return folders
}

/** @param {Mutant[]} mutants @param {boolean} sampled */
function faults(mutants, sampled) {
  const tried = mutants.filter((mutant) => isNoticed(mutant) || UNNOTICED.has(mutant.status)).length
  return sampled ? `${tried} of ${tried + mutants.filter(isLeftOut).length}` : tried
}

/** @param {Mutant[]} mutants @param {boolean} sampled */
function cells(mutants, sampled) {
  const unnoticed = mutants.filter(({ status }) => UNNOTICED.has(status)).length
  const noticed = mutants.filter(isNoticed).length
  const tried = noticed + unnoticed
  const score = tried === 0 ? '' : percent(noticed / tried)
  if (!sampled) return [unnoticed, score]
  return [unnoticed, score, tried === 0 ? '' : interval(noticed, tried).map(percent).join(' to ')]
}

/** @param {Mutant} mutant */
const isNoticed = (mutant) => NOTICED.has(mutant.status) && !isLeftOut(mutant)

/** @param {Mutant} mutant */
const isLeftOut = ({ statusReason }) => statusReason === NOT_DRAWN

const percent = (/** @type {number} */ share) => (100 * share).toFixed(1)

/**
 * Wilson's interval, which holds for few faults and for scores near 100 too.
 * https://en.wikipedia.org/wiki/Binomial_proportion_confidence_interval#Wilson_score_interval
 * @param {number} noticed @param {number} tried
 */
function interval(noticed, tried) {
  const z2 = 1.96 ** 2
  const middle = (noticed + z2 / 2) / (tried + z2)
  const half = (Math.sqrt(z2) / (tried + z2)) * Math.sqrt((noticed * (tried - noticed)) / tried + z2 / 4)
  return [Math.max(0, middle - half), middle + half]
}

/** @param {Report} report @param {string[]} files */
function entries({ files: found }, files) {
  return Object.entries(found).filter(([file]) => files.includes(file))
}
