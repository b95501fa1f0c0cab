// The script of the story: what happens, what should be answered and why, and what must be in the tables at the end.
import type { Answer, Message, Person } from './clerk.ts'
import * as clerk from './clerk.ts'
import type { Row, Welcome } from './store.ts'

export interface Step {
  readonly message: Message
  readonly what: string
  readonly expect: Answer
  readonly why: string
  /** Signed with another secret than the endpoint's. */
  readonly forged?: true
}

const ok = (said: string): Answer => ({ status: 200, said })

export interface Tables {
  readonly users: readonly Row[]
  readonly organizations: readonly Row[]
  readonly memberships: readonly Row[]
  readonly tombstones: readonly Row[]
  readonly welcomes: readonly Welcome[]
}

export interface Expected {
  /** The ids of this run: the database may hold those of others. */
  readonly ids: ReadonlySet<string>
  checks(tables: Tables): readonly (readonly [what: string, holds: boolean])[]
}

/** Fresh ids for each run, so that it can be told on one database any number of times. */
export function writeStory(): { steps: readonly Step[]; expected: Expected } {
  const ada: Person = { id: clerk.newId('user'), firstName: 'Ada', lastName: 'Lovelace', email: 'ada@example.com' }
  const grace: Person = { id: clerk.newId('user'), firstName: 'Grace', lastName: 'Hopper', email: 'grace@example.com' }
  const alan: Person = { id: clerk.newId('user'), firstName: 'Alan', lastName: 'Turing', phoneNumber: '+15555550100' }
  const organization = { id: clerk.newId('org'), name: 'Analytical Engines', createdBy: ada.id }
  const membership = { id: clerk.newId('orgmem'), organization, person: ada, role: 'org:admin' }

  const start = Date.now() - 3_600_000
  const minute = (n: number) => start + n * 60_000
  const signUp = clerk.userEvent('user.created', ada, minute(0))
  const wedding = clerk.userEvent('user.updated', { ...ada, lastName: 'King' }, minute(10))
  const typo = clerk.userEvent('user.updated', { ...ada, lastName: 'Lovelaec' }, minute(5))
  const graceGone = clerk.deletedEvent('user.deleted', grace.id, minute(20))
  const forged = clerk.userEvent('user.updated', { ...ada, email: 'mallory@example.com' }, minute(59))

  const steps: Step[] = [
    {
      message: signUp,
      what: 'Ada signs up',
      expect: ok('created'),
      why: 'A new row. The user.created hook wrote a welcome in the same transaction.',
    },
    {
      message: wedding,
      what: 'Ada changes her last name to King',
      expect: ok('updated'),
      why: 'Newer than the row, so the row follows.',
    },
    {
      message: wedding,
      what: 'the same message again',
      expect: ok('unchanged'),
      why: 'The row has this version already. Svix delivers at least once, so this is everyday business.',
    },
    {
      message: signUp,
      what: 'the sign-up again, an hour late',
      expect: ok('duplicate'),
      why: 'The ledger has this message: its hook does not run again, so there is one welcome.',
    },
    {
      message: typo,
      what: 'an update from between the two arrives last',
      expect: ok('stale'),
      why: 'Older than the row. Written in order of arrival, Ada would now have a misspelt name.',
    },
    {
      message: graceGone,
      what: 'Grace is deleted; her sign-up is still on its way',
      expect: ok('deleted'),
      why: 'A tombstone is left for an id that was never seen.',
    },
    {
      message: clerk.userEvent('user.created', grace, minute(15)),
      what: 'now the sign-up of Grace',
      expect: ok('already_deleted'),
      why: 'A delete is final: she stays deleted. Her hook runs all the same, once.',
    },
    {
      message: forged,
      forged: true,
      what: 'somebody else wants to change the e-mail address of Ada',
      expect: { status: 400, said: 'signature_mismatch' },
      why: 'Not signed with the secret of this endpoint. Nothing of it was read.',
    },
    {
      message: clerk.userEvent('user.created', alan, minute(30)),
      what: 'Alan signs up by phone, without an e-mail address',
      expect: ok('created'),
      why: 'No address is NULL, not an empty text that the next one would clash with.',
    },
    {
      message: clerk.membershipEvent('organizationMembership.created', membership, minute(41)),
      what: 'Ada joins an organization that nobody has heard of',
      expect: ok('created'),
      why: 'The membership waits for its organization: no foreign key stands in its way.',
    },
    {
      message: clerk.organizationEvent('organization.created', organization, minute(40)),
      what: 'here it is',
      expect: ok('created'),
      why: 'Now the membership has both its ends.',
    },
  ]

  const expected: Expected = {
    ids: new Set([ada.id, grace.id, alan.id, organization.id, membership.id]),
    checks({ users, organizations, memberships, tombstones, welcomes }) {
      const user = (person: Person) => users.find(({ id }) => id === person.id)
      const welcomed = (person: Person) => welcomes.filter(({ userId }) => userId === person.id).length === 1
      return [
        [
          'Ada has her newest name and her own e-mail address',
          has(user(ada), { fullName: 'Ada King', email: ada.email }),
        ],
        [
          'Grace is a tombstone from the time of her delete, and nothing of her is left',
          has(
            tombstones.find(({ id }) => id === grace.id),
            { deletedAt: new Date(minute(20) + 15).toISOString() },
          ) &&
            (user(grace) === undefined || has(user(grace), { fullName: null, email: null })),
        ],
        ['Alan is there without an e-mail address', has(user(alan), { email: null, phoneNumber: alan.phoneNumber })],
        [
          'Ada is an admin of Analytical Engines',
          has(organizations[0], { name: organization.name }) &&
            tombstones.length === 1 &&
            has(memberships[0], { organizationId: organization.id, userId: ada.id, role: 'org:admin' }),
        ],
        ['each of the three was welcomed once', [ada, grace, alan].every(welcomed)],
      ]
    },
  }
  return { steps, expected }
}

function has(row: Row | undefined, values: Readonly<Record<string, unknown>>): boolean {
  return row !== undefined && Object.entries(values).every(([name, value]) => row[name] === value)
}
