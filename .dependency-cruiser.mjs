// Who may know whom, by folders. `npm run lint` checks it; an import of a type counts like any other.

/** The steps of a delivery, in their order. */
const STEPS =
  '^packages/core/src/delivery/(read-request|verify-signature|parse-event|build-change|apply-change|build-response)\\.ts$'

/** What a folder of core may know of core beside itself; everything may know errors.ts. @param {string[]} known */
const coreOnly = (/** @type {string} */ folder, ...known) => ({
  name: `core-${folder}`,
  comment: `core/src/${folder} knows ${['itself', ...known, 'errors.ts'].join(', ')} and nothing else of core.`,
  severity: /** @type {const} */ ('error'),
  from: { path: `^packages/core/src/${folder}/` },
  to: {
    path: '^packages/core/src/',
    pathNot: [folder, ...known].map((one) => `^packages/core/src/${one}/`).concat('^packages/core/src/errors\\.ts$'),
  },
})

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Files that know each other can only be understood together. Move what both need to a third.',
      severity: 'error',
      from: { pathNot: '/routeTree\\.gen\\.ts$' },
      to: { circular: true, viaOnly: { pathNot: '/routeTree\\.gen\\.ts$' } },
    },
    {
      name: 'not-found',
      comment: 'There is no such file, or its package does not publish it under this name.',
      severity: 'error',
      from: {},
      // What frameworks make up: Next's and Nuxt's names for the application's own folders, Astro's for its environment.
      to: { couldNotResolve: true, pathNot: '^(@/|#imports$|astro:)' },
    },
    {
      name: 'by-name',
      comment: 'No folder of packages/ or examples/ reaches into another by a relative path: import it by its name.',
      severity: 'error',
      // Node reads Prisma's models, and the testkit's tables, before anything is built.
      from: {
        path: '^(packages|examples)/([^/]+)/',
        pathNot: '^packages/adapter-prisma/test/kit/models\\.ts$',
      },
      to: {
        path: '^(packages|examples|bench|scripts)/',
        pathNot: '^$1/$2/',
        dependencyTypesNot: ['aliased', 'undetermined'],
      },
    },
    {
      name: 'steps-are-apart',
      comment: 'The steps of a delivery, and what they share, know no step.',
      severity: 'error',
      from: { path: '^packages/core/src/delivery/' },
      to: { path: STEPS },
    },
    {
      name: 'steps-in-order',
      comment:
        'Only create-clerk-sync.ts knows the steps; resolve-options.ts checks their options. Others: types alone.',
      severity: 'error',
      from: {
        path: '^packages/core/src/',
        pathNot: '^packages/core/src/((delivery|hosts)/|(create-clerk-sync|resolve-options)\\.ts$)',
      },
      to: { path: STEPS, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'core-hosts',
      comment: 'A host hands over a raw delivery and builds the response from its result.',
      severity: 'error',
      from: { path: '^packages/core/src/hosts/' },
      to: {
        path: '^packages/core/src/',
        pathNot: [
          '^packages/core/src/hosts/',
          '^packages/core/src/delivery/(raw-delivery|delivery-result|build-response)\\.ts$',
          '^packages/core/src/(errors|types|port/check-options|port/prop)\\.ts$',
        ],
      },
    },
    {
      name: 'core-hosts-types',
      comment: 'A host is given a ClerkSync: it knows its type and makes none.',
      severity: 'error',
      from: { path: '^packages/core/src/hosts/' },
      to: { path: '^packages/core/src/types\\.ts$', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'hosts-are-entries',
      comment: 'Whoever imports @clerk-sync/core does not load the hosts that he does not use: each is an entry.',
      severity: 'error',
      from: { path: '^packages/core/src/index\\.ts$' },
      to: {
        path: '^packages/core/src/hosts/',
        pathNot: '^packages/core/src/hosts/(fetch|drop-rest)\\.ts$',
        reachable: true,
      },
    },
    {
      name: 'opentelemetry-is-an-entry',
      comment: 'Who does not trace does without @opentelemetry/api: nothing of core knows what records its deliveries.',
      severity: 'error',
      from: { path: '^packages/core/src/', pathNot: '^packages/core/src/opentelemetry/' },
      to: { path: ['^packages/core/src/opentelemetry/', '@opentelemetry/'] },
    },
    {
      name: 'dev-is-an-entry',
      comment: 'What shows deliveries while developing is no part of what runs in production.',
      severity: 'error',
      from: { path: '^packages/core/src/', pathNot: '^packages/core/src/dev/' },
      to: { path: '^packages/core/src/dev/' },
    },
    coreOnly('port', 'entities'),
    coreOnly('sql', 'port', 'entities'),
    coreOnly('memory', 'port', 'entities'),
    coreOnly('entities', 'port'),
    coreOnly('batching', 'port'),
    coreOnly('mapping', 'entities', 'port'),
    coreOnly('delivery', 'entities', 'mapping', 'port'),
    {
      name: 'core-alone',
      comment: 'Core knows none of our packages.',
      severity: 'error',
      from: { path: '^packages/core/src/' },
      to: { path: '^packages/', pathNot: '^packages/core/' },
    },
    {
      name: 'testing',
      comment: 'What applications test with knows the types of core, and none of our code that it could test.',
      severity: 'error',
      from: { path: '^packages/testing/src/' },
      to: { path: '^packages/', pathNot: ['^packages/testing/', '^packages/core/src/index\\.ts$'] },
    },
    {
      name: 'testing-types',
      comment: 'Of core, the types alone.',
      severity: 'error',
      from: { path: '^packages/testing/src/' },
      to: { path: '^packages/core/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'host-conformance',
      comment: 'A host is sent deliveries of @clerk-sync/testing; its command reads .env files as project does.',
      severity: 'error',
      from: { path: '^packages/host-conformance/src/' },
      to: {
        path: '^packages/',
        pathNot: ['^packages/(host-conformance|project)/', '^packages/(testing|core)/src/index\\.ts$'],
      },
    },
    {
      name: 'queue',
      comment: "A queue's route and worker know core and its /adapter, which checks options.",
      severity: 'error',
      from: { path: '^packages/queue/src/' },
      to: { path: '^packages/', pathNot: ['^packages/queue/', '^packages/core/src/(port/)?index\\.ts$'] },
    },
    {
      name: 'queue-engines',
      comment: 'Whoever imports one engine loads no other: each is an entry.',
      severity: 'error',
      from: { path: '^packages/queue/src/(index|bullmq|pg-boss|graphile-worker|sqs|cloudflare)\\.ts$' },
      to: { path: '^packages/queue/src/(index|bullmq|pg-boss|graphile-worker|sqs|cloudflare)\\.ts$' },
    },
    {
      name: 'cli',
      comment:
        "The command knows core, core's /clerk-api and /dev, testing and project: adapters come with the application.",
      severity: 'error',
      from: { path: '^packages/cli/src/' },
      to: {
        path: '^packages/',
        pathNot: ['^packages/(cli|testing|project)/', '^packages/core/src/((clerk-api|dev)/)?index\\.ts$'],
      },
    },
    {
      name: 'adapters',
      comment: 'An adapter knows @clerk-sync/core, its /adapter and its /sql, and no other package of ours.',
      severity: 'error',
      from: { path: '^packages/(adapter-[^/]+)/src/' },
      to: { path: '^packages/', pathNot: ['^packages/$1/', '^packages/core/src/((port|sql)/)?index\\.ts$'] },
    },
  ],
  options: {
    doNotFollow: { path: ['node_modules', '/dist/', '/\\.generated/', '/generated/', '/\\.'] },
    exclude: {
      path: [
        '/dist/',
        '^scripts/release/applications/',
        '/\\.(cache|next|nuxt|output|astro|wrangler|react-router)/',
        '/node_modules/\\.',
      ],
    },
    tsPreCompilationDeps: true,
    // Its table of names leads to the sources, under the names that are published and no others.
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['types', 'import', 'node', 'default'] },
  },
}
