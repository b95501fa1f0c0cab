// What each public entry declares, as a file a reviewer reads: a changed declaration is a diff in packages/*/api.
//
//   node scripts/api-report.mjs             fails where a report is not what was built
//   node scripts/api-report.mjs --update    writes them: npm run api
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor'
import { packages, root } from './tools.mjs'

/** @param {boolean} update whether to write them @returns {string[]} the reports that differ */
function apiReports(update) {
  return packages().flatMap(({ folder }) => {
    const home = join(root, folder)
    const { exports } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'))
    const entries = Object.entries(exports).filter(([, target]) => typeof target === 'object')
    return entries.flatMap(([entry, target]) => {
      const name = entry === '.' ? 'index' : entry.slice('./'.length)
      const { types } = target.import ?? target
      return report(home, name, join(home, types), update) ? [`${folder}/api/${name}.api.md`] : []
    })
  })
}

/** @param {string} home @param {string} name @param {string} declarations @param {boolean} update */
function report(home, name, declarations, update) {
  const folder = join(home, 'api')
  mkdirSync(folder, { recursive: true })
  const config = ExtractorConfig.prepare({
    configObject: {
      projectFolder: home,
      mainEntryPointFilePath: declarations,
      compiler: {
        overrideTsconfig: { compilerOptions: { module: 'nodenext', skipLibCheck: true, lib: ['es2024', 'dom'] } },
      },
      apiReport: {
        enabled: true,
        reportFileName: `${name}.api.md`,
        reportFolder: folder,
        reportTempFolder: join(root, '.cache/api', name),
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      newlineKind: 'lf',
      messages: {
        extractorMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
        compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
        tsdocMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
      },
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: join(home, 'package.json'),
  })
  const missing = !existsSync(join(folder, `${name}.api.md`))
  const { apiReportChanged } = Extractor.invoke(config, {
    localBuild: update,
    // Its notes on how it was run say nothing of the reports.
    messageCallback: (message) => {
      message.handled = message.logLevel !== 'error'
    },
  })
  return !update && (missing || apiReportChanged)
}

const changed = apiReports(process.argv.includes('--update'))
if (changed.length > 0) {
  console.error(
    `The public declarations have changed. If that is meant, run \`npm run api\` and commit:\n${changed.join('\n')}`,
  )
  process.exitCode = 1
}
