import type { Web3WalletJSON } from '../clerk-types.gen.ts'
import { userSample } from '../user.ts'
import type { Wire } from '../wire.ts'
import { definePart, type PartJson } from './define-part.ts'

/** One of a user's wallets: an entry of `web3_wallets`. */
export interface Web3WalletRecord {
  /** `idn_…` */
  readonly id: string
  readonly userId: string
  /** The wallet's address: `web3_wallet`. */
  readonly web3Wallet: string | null
  /** Whether the status of its `verification` is `verified`. */
  readonly verified: boolean
  /** How it was verified, as Clerk names it: `web3_metamask_signature` and so on. */
  readonly verificationStrategy: string | null
  /** Whether it is the user's `primary_web3_wallet_id`. */
  readonly isPrimary: boolean
}

const [sample] = userSample.web3_wallets as [(typeof userSample.web3_wallets)[number]]
const full = { ...sample, user_id: userSample.id, is_primary: true }

export const web3Wallet = definePart({
  name: 'web3Wallet',
  list: 'web3_wallets',
  primary: 'primary_web3_wallet_id',
  toRecord: web3WalletRecord,
  samples: { full, sparse: { ...full, verification: null, is_primary: false } },
})

function web3WalletRecord(json: PartJson<Web3WalletJSON>): Web3WalletRecord {
  const { id, user_id, is_primary, ...wire } = json as Wire<Web3WalletJSON> & PartJson<Web3WalletJSON>
  return {
    id,
    userId: user_id,
    web3Wallet: wire.web3_wallet || null,
    verified: wire.verification?.status === 'verified',
    verificationStrategy: wire.verification?.strategy || null,
    isPrimary: is_primary === true,
  }
}
