import { createRequire } from 'node:module'

interface Manifest {
  readonly version: string
  readonly homepage: string
}

const manifest = createRequire(import.meta.url)('../package.json') as Manifest

export const { version } = manifest

/** A page of the documents, on the site that the manifest names: the folder docs is not in the package. */
export const page = (name: string) => `${manifest.homepage.replace(/\/packages\/[^/]*$/, '')}/${name}`
