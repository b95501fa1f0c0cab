// What StrykerJS found, in words: https://github.com/stryker-mutator/mutation-testing-elements, the schema of its report.

/**
 * @typedef {{ line: number, column: number }} Place
 * @typedef {{ status: string, mutatorName: string, replacement?: string, location: { start: Place, end: Place } }} Mutant
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

/** A table of Markdown, a row for each folder. @param {Report} report @param {string[]} files */
export function figures(report, files) {
  /** @type {Map<string, { noticed: number, unnoticed: number }>} */
  const folders = new Map()
  for (const [file, { mutants }] of entries(report, files)) {
    const folder = file.slice(0, file.lastIndexOf('/'))
    const sums = folders.get(folder) ?? { noticed: 0, unnoticed: 0 }
    sums.noticed += mutants.filter(({ status }) => NOTICED.has(status)).length
    sums.unnoticed += mutants.filter(({ status }) => UNNOTICED.has(status)).length
    folders.set(folder, sums)
  }
  const rows = [...folders].map(([folder, { noticed, unnoticed }]) => {
    const score = noticed + unnoticed === 0 ? '' : ((100 * noticed) / (noticed + unnoticed)).toFixed(1)
    return `| ${folder} | ${noticed + unnoticed} | ${unnoticed} | ${score} |`
  })
  return ['| folder | faults | not noticed | score, % |', '| --- | --- | --- | --- |', ...rows].join('\n')
}

/** @param {Report} report @param {string[]} files */
function entries({ files: found }, files) {
  return Object.entries(found).filter(([file]) => files.includes(file))
}
