// npm run versions: the changesets become versions and changelogs. The pull request of a release is made of it.
import { run, step } from '../tools.mjs'

await step('versions', () => run('changeset', ['version']))
