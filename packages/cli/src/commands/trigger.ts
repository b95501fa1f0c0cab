import { randomInt } from 'node:crypto'
import type { ClerkEvent } from '@clerk-sync/core'
import { eventTypes, signedDelivery } from '@clerk-sync/testing'
import { type Context, collect, type MakeCommand, newCommand, withEnv, withJson } from '../command.ts'
import { asClerkHasIt, isLocal, mayBeReal } from '../deliveries/as-clerk-has-it.ts'
import { DeliveryReport } from '../deliveries/delivery-report.ts'
import { withEndpoint } from '../deliveries/endpoint-options.ts'
import { eventsFor, eventsOfScenario, isEventType, SCENARIOS, type TriggerOptions } from '../deliveries/events.ts'
import { endpointOf } from '../deliveries/settings.ts'
import { shuffled } from '../deliveries/shuffle.ts'
import { UsageError } from '../errors.ts'
import type { Outcome } from '../output.ts'
import { wholeNumber } from '../whole-number.ts'

const EXAMPLES = [
  { command: 'clerk-sync trigger user.created', what: 'a new user, made up' },
  {
    command: 'clerk-sync trigger user.updated --user user_… --set last_name=King',
    what: 'a later snapshot of that user: what Clerk has, but for --set',
  },
  {
    command: 'clerk-sync trigger user.created --repeat 50 --duplicate --shuffle',
    what: 'fifty users, each delivery twice, in any order',
  },
  { command: 'clerk-sync trigger --scenario delete-before-create', what: 'a known difficult history' },
]

const DESCRIPTION =
  'Sends signed deliveries to your route, as Clerk would: realistic, and made up. Every event type that Clerk documents. ' +
  'Of a user or an organization that is named and that Clerk has, it sends what Clerk has, for which it needs CLERK_SECRET_KEY.'

export const triggerCommand: MakeCommand = (context, done) =>
  withJson(withEnv(withEndpoint(newCommand('trigger', DESCRIPTION, EXAMPLES))))
    .argument('[events...]', 'event types, such as user.created; several are sent one after another')
    .option('--user <id>', 'the Clerk id of the user that the event is about')
    .option(
      '--made-up',
      'send what is made up, without asking Clerk: another server than one on this machine takes it over what Clerk has',
    )
    .option('--set <path=value>', 'a value of the data, such as public_metadata.plan=pro; may be repeated', collect)
    .option('--repeat <n>', 'so many events', wholeNumber('--repeat'))
    .option('--duplicate [n]', 'each delivery so many times; 2 where n is left out', wholeNumber('--duplicate'))
    .option('--shuffle', 'in an order by chance')
    .option('--scenario <name>', 'a known history of events, instead of one event')
    .option(
      '--seed <n>',
      'the same number, the same events and order, but for what Clerk has; it is printed',
      wholeNumber('--seed'),
    )
    .option('--list', 'print the event types and the scenarios')
    .action(async (types: readonly string[], options: TriggerOptions) => done(await trigger(context, types, options)))

async function trigger(
  { output, signal }: Context,
  types: readonly string[],
  options: TriggerOptions,
): Promise<Outcome> {
  if (options.list) {
    const width = Math.max(...SCENARIOS.map(({ name }) => name.length))
    output.line(`Events:\n${eventTypes.map((one) => `  ${one}`).join('\n')}\n\nScenarios, for --scenario:`)
    for (const { name, what } of SCENARIOS) output.line(`  ${name.padEnd(width)}  ${what}`)
    return { ok: true, events: eventTypes, scenarios: SCENARIOS.map(({ name }) => name) }
  }
  const { seed = randomInt(1, 2 ** 31) } = options
  const madeUp = chosenEvents(types, options, seed)
  const endpoint = endpointOf(options)
  const target = { isLocal: isLocal(endpoint.url), note: (line: string) => output.note(line) }
  const events = options.madeUp ? madeUp : await asClerkHasIt(madeUp, options, target, signal)
  const copies = options.duplicate === true ? 2 : (options.duplicate ?? 1)
  const deliveries = events.flatMap((event) => Array<typeof event>(copies).fill(event))
  const ordered = options.shuffle ? shuffled(deliveries, seed) : deliveries
  const report = new DeliveryReport(output)
  for (const event of ordered) {
    if (signal.aborted) break
    const entityId: unknown = Reflect.get(event.data, 'id')
    const id = typeof entityId === 'string' ? entityId : ''
    if (!(await report.send(event.type, id, signedDelivery(event, endpoint), endpoint))) break
  }
  const isNobodys = !options.madeUp || (options.user === undefined && options.set === undefined)
  for (const line of isNobodys ? removals(madeUp, events, report.outcomes, target) : []) output.note(line)
  if (ordered.length > 1) {
    const but = events.every((event) => madeUp.includes(event)) ? '' : ', but for what Clerk has by then'
    output.note(`${report.sent} deliveries, ${report.failed} failed; --seed ${seed} sends the same${but}`)
  }
  return { ...report.outcome, seed }
}

/** How the row of a user goes that Clerk does not have: no event of Clerk's will ever delete it. */
function removals(
  madeUp: readonly ClerkEvent[],
  sent: readonly ClerkEvent[],
  { created = 0 }: Readonly<Record<string, number>>,
  target: { readonly isLocal: boolean },
): readonly string[] {
  const [first, ...others] = madeUp.filter(({ type }, n) => type === 'user.created' && sent[n] === madeUp[n])
  if (!first || created === 0 || sent.some(({ type }) => type === 'user.deleted')) return []
  const id = String(Reflect.get(first.data, 'id'))
  const more = others.length > 0 ? `, and the ${others.length} others likewise` : ''
  return [
    `      Clerk has no such user. Its row is deleted by: clerk-sync trigger user.deleted --user ${id}${!target.isLocal && mayBeReal(id) ? ' --made-up' : ''}${more}`,
  ]
}

function chosenEvents(types: readonly string[], options: TriggerOptions, seed: number) {
  const { scenario } = options
  if (scenario !== undefined) {
    if (types.length > 0) throw new UsageError('Give an event or --scenario, not both.')
    const useless = (['user', 'set'] as const).find((name) => options[name] !== undefined)
    if (useless) throw new UsageError(`--${useless} is for events: a scenario makes its own.`)
    return eventsOfScenario(scenario, options, seed)
  }
  if (types.length === 0) {
    throw new UsageError('Which event? For example clerk-sync trigger user.created; --list has all.')
  }
  return types.flatMap((type) => {
    if (!isEventType(type)) throw unknownEvent(type)
    return eventsFor(type, options, seed)
  })
}

function unknownEvent(type: string): UsageError {
  const near = eventTypes.find((one) => one.toLowerCase() === type.toLowerCase().replace(/[_:/]/g, '.'))
  const same = eventTypes.filter((one) => one.split('.')[0]?.toLowerCase() === type.split('.')[0]?.toLowerCase())
  const hint = near ? `Did you mean ${near}?` : same.length > 0 ? `There are ${same.join(', ')}.` : '--list has all.'
  return new UsageError(`${type} is no event type of Clerk's. ${hint}`)
}
