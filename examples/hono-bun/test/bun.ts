import { createRequire } from 'node:module'

// The `bun` package puts the binary in its place by an install script, and this workspace runs none.
const { resolve } = createRequire(createRequire(import.meta.url).resolve('bun/package.json'))
const system = process.platform === 'win32' ? 'windows' : process.platform
const arch = process.arch === 'arm64' ? 'aarch64' : process.arch

export const bun = resolve(`@oven/bun-${system}-${arch}/bin/bun${system === 'windows' ? '.exe' : ''}`)
