import { day, roleLabel } from '@/lib/words'
import type { OrganizationPage } from '@/queries/organization'

type Invitation = NonNullable<OrganizationPage['invitations']>[number]

export function Invitations({ invitations }: { invitations: readonly Invitation[] }) {
  const open = invitations.filter((one) => statusOf(one) === 'pending').length
  return (
    <section aria-labelledby="invitations">
      <h2 id="invitations">
        Invitations <span className="count">{open} open</span>
      </h2>
      {invitations.length === 0 ? (
        <p className="card empty">Nobody has been invited.</p>
      ) : (
        <ul className="card rows">
          {invitations.map((invitation) => (
            <li key={invitation.id}>
              <div className="who">
                <strong>{invitation.email}</strong>
                <span className="quiet">
                  as {roleLabel(invitation.roleName, invitation.role)}
                  {invitation.invitedAt && `, on ${day(invitation.invitedAt)}`}
                </span>
              </div>
              <span className="badge" data-tone={TONES[statusOf(invitation)] ?? 'plain'}>
                {statusOf(invitation)}
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

const TONES: Readonly<Record<string, string>> = { pending: 'wait', accepted: 'good' }

/** No event tells that an invitation has expired: the time does. */
function statusOf({ status, expiresAt }: Invitation): string {
  const expired = status === 'pending' && expiresAt !== null && expiresAt.getTime() < Date.now()
  return expired ? 'expired' : (status ?? 'pending')
}
