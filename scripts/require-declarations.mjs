// A declaration for `require` beside each one for `import`: node scripts/require-declarations.mjs FOLDER/dist
//
// A CommonJS project of TypeScript would else see the classes of an ORM twice, since it has their CommonJS declarations
// and ours would name their ESM ones. What runs is the same file either way: Node 22 requires ESM.
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

/** @param {string} dist */
export function declareForRequire(dist) {
  for (const file of globSync('*.d.ts', { cwd: dist })) {
    const text = readFileSync(join(dist, file), 'utf8')
    // A declaration imports another one under the name of what runs.
    const inCommonJs = text.replace(/(from|import|import\()( ?)'(\.[^']*)\.js'/g, "$1$2'$3.cjs'")
    writeFileSync(join(dist, file.replace(/\.d\.ts$/, '.d.cts')), inCommonJs)
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  declareForRequire(resolve(process.argv[2] ?? 'dist'))
}
