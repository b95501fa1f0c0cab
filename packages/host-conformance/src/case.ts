import type { Session } from './session.ts'

export interface Case {
  readonly name: string
  run(session: Session): Promise<void>
}
