// What Clerk sends, as Clerk's own types have it, in one file that imports nothing:
//
//   npm run generate:clerk        (after a new version of @clerk/backend in packages/core/package.json)
//
// Those of @clerk/backend do not compile without skipLibCheck: they name packages that it does not bring, and what only
// a browser has. A test of core's types fails when the file has another shape than the installed version.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { rollup } from 'rollup'
import { dts } from 'rollup-plugin-dts'
import ts from 'typescript'
import { root } from './tools.mjs'

const file = join(root, 'packages/core/src/entities/clerk-types.gen.ts')

const bundle = await rollup({
  input: join(root, 'packages/core/test/fixtures/clerk-types.ts'),
  external: (id) => !/^[./]|^@clerk\//.test(id),
  plugins: [
    dts({
      respectExternal: true,
      compilerOptions: { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler },
    }),
  ],
  onwarn() {},
})
const { output } = await bundle.generate({})
writeFileSync(file, tidied(output[0].code))

/**
 * The names that Clerk has an application declare are global. Clerk gives each an index signature, and a second one would
 * be an error: here they are empty, and open where they are used.
 * @param {string} code
 */
function tidied(code) {
  const names = [...code.matchAll(/^ {2}interface (\w+) \{/gm)].map(([, name]) => String(name))
  const globals = /^declare global \{\n[\s\S]*?^\}\n/gm
  let types = code
    .replace(globals, '')
    .replace(/^\/\/#(end)?region.*\n/gm, '')
    .replace(/^export type \{.*\};?\n?/gm, '')
    // A declaration that names one of ours may have to name what is inside.
    .replace(/^(?=type |interface )/gm, 'export ')
    .replace(/\n{3,}/g, '\n\n')
  const used = names.filter((name) => new RegExp(`\\b${name}\\b`).test(types))
  for (const name of used.filter((one) => one.endsWith('Metadata'))) {
    types = types.replace(new RegExp(`\\b${name}\\b`, 'g'), `(${name} & Record<string, unknown>)`)
  }
  const declared = used.map((name) => `  interface ${name} {}`).join('\n')
  return `// Made by scripts/clerk-types.mjs from the types of @clerk/backend, which is © Clerk, Inc., under the MIT license.\n\ndeclare global {\n${declared}\n}\n\n${types.trim()}\n`
}
