// Where the project lives. Manifests, the site and the links of errors take it from here; a fork changes these two lines
// and runs `npm run manifests`.

export const REPOSITORY = 'https://github.com/clerk-sync/clerk-sync'

/** The site that `npm run docs` builds. It may lie in a folder of its host. */
export const SITE = 'https://clerk-sync.github.io/clerk-sync'
