import { readFileSync } from 'node:fs'
import { signedDelivery } from '@clerk-sync/testing'
import { type Context, type MakeCommand, newCommand, withEnv, withJson } from '../command.ts'
import { DeliveryReport } from '../deliveries/delivery-report.ts'
import { withEndpoint } from '../deliveries/endpoint-options.ts'
import { readRecorded } from '../deliveries/recorded.ts'
import { type DeliveryOptions, endpointOf } from '../deliveries/settings.ts'
import { UsageError } from '../errors.ts'
import type { Outcome } from '../output.ts'

const EXAMPLES = [
  { command: 'clerk-sync replay deliveries.ndjson', what: 'sends each line again, signed anew' },
  { command: 'clerk webhooks listen --json … > deliveries.ndjson', what: "records what Clerk's own command receives" },
  { command: 'clerk-sync replay - < deliveries.ndjson', what: 'reads standard input' },
]

export const replayCommand: MakeCommand = (context, done) =>
  withJson(withEnv(withEndpoint(newCommand('replay', DESCRIPTION, EXAMPLES))))
    .argument('<file>', 'one JSON object a line; - is standard input')
    .action(async (file: string, options: DeliveryOptions) => done(await replay(context, file, options)))

const DESCRIPTION =
  "Sends recorded deliveries again, in the order of the file, signed with your secret. A line is an event of Clerk's, a " +
  'delivery with headers and body, or what clerk webhooks listen --json prints. A message keeps its id: what was stored ' +
  'before is answered unchanged or duplicate.'

async function replay({ output, signal }: Context, file: string, options: DeliveryOptions): Promise<Outcome> {
  const deliveries = readRecorded(read(file), file === '-' ? 'standard input' : file)
  if (deliveries.length === 0) throw new UsageError(`There is no delivery in ${file}.`)
  const endpoint = endpointOf(options)
  const report = new DeliveryReport(output)
  for (const delivery of deliveries) {
    if (signal.aborted) break
    const attempt = signedDelivery(delivery, endpoint)
    if (!(await report.send(delivery.type, delivery.entityId, attempt, endpoint))) break
  }
  return report.outcome
}

function read(file: string): string {
  try {
    return readFileSync(file === '-' ? process.stdin.fd : file, 'utf8')
  } catch (cause) {
    throw new UsageError(`${file} cannot be read.`, { cause })
  }
}
