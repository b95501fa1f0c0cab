// Jest loads modules itself, and not as Node does: docs/testing.md says what its users can do.
import { NODES, versionsIn } from './row.mjs'

/** @import { Row } from './row.mjs' */

const VM_MODULES = { scripts: { test: 'node --experimental-vm-modules node_modules/jest/bin/jest.js' } }
/** The packages are modules, and so is what they use. */
const OURS_TOO = { transformIgnorePatterns: ['/node_modules/(?!(@clerk-sync|svix)/)'] }
const FAILS = {
  step: 'delivery',
  says: 'Must use import to load ES Module',
  instead: 'One of the next rows: [how](testing.md#jest-and-commonjs).',
}

const BABEL = { presets: [['@babel/preset-env', { targets: { node: 'current' } }], '@babel/preset-typescript'] }
const TYPESCRIPT = {
  transpilation: true,
  tsconfig: { allowJs: true, module: 'commonjs', moduleResolution: 'bundler', esModuleInterop: true },
}
/** Jest's `transform`, which takes the packages' `.js` and svix's `.mjs` where it is let. */
const TRANSFORMS = {
  'ts-jest': { '\\.m?[jt]s$': ['ts-jest', TYPESCRIPT] },
  'babel-jest': { '\\.m?[jt]s$': ['babel-jest', BABEL] },
  '@swc/jest': { '\\.m?[jt]s$': '@swc/jest' },
}

/** @param {string} name */
const row = (name) => ({
  application: 'jest',
  versions: versionsIn('jest', 'jest', ...(name === 'babel-jest' ? [] : [name])),
})

/** @type {Row[]} */
export const tests = [
  { what: 'Jest, CommonJS', ...row('ts-jest'), manifest: { jest: { preset: 'ts-jest' } }, fails: FAILS },
  {
    what: 'Jest, CommonJS, `--experimental-vm-modules`, Node 22',
    ...row('ts-jest'),
    node: NODES[22],
    manifest: { ...VM_MODULES, jest: { preset: 'ts-jest' } },
    fails: FAILS,
  },
  ...Object.entries(TRANSFORMS).flatMap(([name, transform]) => [
    {
      what: `Jest with ${name}, CommonJS, \`--experimental-vm-modules\`, Node 24.9 and later`,
      ...row(name),
      manifest: { ...VM_MODULES, jest: { transform } },
    },
    {
      what: `Jest with ${name}, CommonJS, \`transformIgnorePatterns\` that let our packages through`,
      ...row(name),
      node: NODES[22],
      manifest: { jest: { transform, ...OURS_TOO } },
    },
  ]),
  {
    what: 'Jest with ts-jest, ES modules, `--experimental-vm-modules`',
    ...row('ts-jest'),
    node: NODES[22],
    manifest: {
      ...VM_MODULES,
      type: 'module',
      jest: { preset: 'ts-jest/presets/default-esm', extensionsToTreatAsEsm: ['.ts'] },
    },
  },
  { what: 'Vitest', application: 'vitest', versions: versionsIn('vitest', 'vitest') },
]
