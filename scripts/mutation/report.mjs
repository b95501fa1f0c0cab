// What StrykerJS found, in words: https://github.com/stryker-mutator/mutation-testing-elements, the schema of its report.
import { NOT_DRAWN } from './sample.mjs'

/**
 * @typedef {{ line: number, column: number }} Place
 * @typedef {{ status: string, statusReason?: string, mutatorName: string, replacement?: string, location: { start: Place, end: Place } }} Mutant
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

/**
 * A table of Markdown, a row for each folder and one for all of them. Of a sample it says of how many faults it was
 * drawn, and between which scores that of all of them is, 19 times of 20.
 * @param {Report} report @param {string[]} files
 */
export function figures(report, files) {
  /** @type {Map<string, Mutant[]>} */
  const folders = new Map()
  const all = entries(report, files).map(([file, { mutants }]) => ({
    folder: file.slice(0, file.lastIndexOf('/')),
    mutants,
  }))
  for (const { folder, mutants } of all) folders.set(folder, [...(folders.get(folder) ?? []), ...mutants])
  if (folders.size > 1)
    folders.set(
      'all',
      all.flatMap(({ mutants }) => mutants),
    )
  const sampled = all.some(({ mutants }) => mutants.some(isLeftOut))
  const rows = [...folders].map(([folder, mutants]) => `| ${[folder, ...cells(mutants, sampled)].join(' | ')} |`)
  const interval = sampled ? [' 95 % interval |', ' --- |'] : ['', '']
  return [
    `| folder | faults | not noticed | score, % |${interval[0]}`,
    `| --- | --- | --- | --- |${interval[1]}`,
    ...rows,
  ].join('\n')
}

/** @param {Mutant[]} mutants @param {boolean} sampled */
function cells(mutants, sampled) {
  const unnoticed = mutants.filter(({ status }) => UNNOTICED.has(status)).length
  const noticed = mutants.filter((mutant) => NOTICED.has(mutant.status) && !isLeftOut(mutant)).length
  const tried = noticed + unnoticed
  const score = tried === 0 ? '' : percent(noticed / tried)
  if (!sampled) return [tried, unnoticed, score]
  const of = tried + mutants.filter(isLeftOut).length
  return [`${tried} of ${of}`, unnoticed, score, tried === 0 ? '' : interval(noticed, tried).map(percent).join(' to ')]
}

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
