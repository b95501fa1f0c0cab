/** What `prismaAdapter` is given for each shape of the kit: every client has the same models. */
export const shapes = {
  plain: {
    users: 'user',
    organizations: 'organization',
    organizationMemberships: 'organizationMembership',
    sessions: 'session',
    events: 'clerkEvent',
  },
  ownKey: { users: 'ownKeyUser', events: 'clerkEvent' },
  withoutLedger: { users: 'user' },
  uniqueFirst: { users: 'uniqueFirstUser', events: 'clerkEvent' },
  uniqueLast: { users: 'uniqueLastUser', events: 'clerkEvent' },
  requiredFirst: { users: 'requiredFirstUser', events: 'clerkEvent' },
  requiredLast: { users: 'requiredLastUser', events: 'clerkEvent' },
} as const
