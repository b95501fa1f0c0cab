import { idOf, Random } from '../random.ts'
import { type Json, type Origin, times } from './json.ts'

const FEATURES = ['posts', 'reports', 'invoices', 'projects', 'boards', 'files'] as const
const ACTIONS = ['read', 'create', 'edit', 'publish', 'remove'] as const

export function makePermission(origin: Origin): Json {
  const { seed } = origin
  const random = new Random(`permission ${seed}`)
  const [feature, action] = [random.pick(FEATURES), random.pick(ACTIONS)]
  return {
    object: 'permission',
    id: idOf('perm', seed),
    key: `org:${feature}_${random.text(5).toLowerCase()}:${action}`,
    name: `${capital(action)} ${feature}`,
    description: `May ${action} the ${feature} of the organization`,
    type: 'custom',
    ...times(origin),
  }
}

/** With the permission of the same seed. */
export function makeRole(origin: Origin): Json {
  const { seed } = origin
  const random = new Random(`role ${seed}`)
  const feature = random.pick(FEATURES)
  return {
    object: 'role',
    id: idOf('role', seed),
    key: `org:${feature}_${random.text(5).toLowerCase()}_manager`,
    name: `${capital(feature)} manager`,
    description: `Takes care of the ${feature} of the organization`,
    is_creator_eligible: false,
    permissions: [makePermission({ seed, at: origin.at })],
    ...times(origin),
  }
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}
