import { day, roleLabel } from '@/lib/words'
import type { OrganizationPage } from '@/queries/organization'

export function Invitations({ open, latest }: NonNullable<OrganizationPage['invitations']>) {
  return (
    <section aria-labelledby="invitations">
      <h2 id="invitations">
        Invitations <span className="count">{open} open</span>
      </h2>
      {latest.length === 0 ? (
        <p className="card empty">Nobody has been invited.</p>
      ) : (
        <ul className="card rows">
          {latest.map((invitation) => (
            <li key={invitation.id}>
              <div className="who">
                <strong>{invitation.email}</strong>
                <span className="quiet">
                  as {roleLabel(invitation.roleName, invitation.role)}
                  {invitation.invitedAt && `, on ${day(invitation.invitedAt)}`}
                </span>
              </div>
              <span className="badge" data-tone={TONES[invitation.status] ?? 'plain'}>
                {invitation.status}
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

const TONES: Readonly<Record<string, string>> = { pending: 'wait', accepted: 'good' }
