/** What `prismaAdapter` is given for each shape of the kit: every client has the same models. */
export const shapes = {
  plain: {
    user: 'user',
    organization: 'organization',
    organizationMembership: 'organizationMembership',
    session: 'session',
    event: 'clerkEvent',
  },
  ownKey: { user: 'ownKeyUser', event: 'clerkEvent' },
  withoutLedger: { user: 'user' },
  uniqueFirst: { user: 'uniqueFirstUser', event: 'clerkEvent' },
  uniqueLast: { user: 'uniqueLastUser', event: 'clerkEvent' },
  requiredFirst: { user: 'requiredFirstUser', event: 'clerkEvent' },
  requiredLast: { user: 'requiredLastUser', event: 'clerkEvent' },
} as const
