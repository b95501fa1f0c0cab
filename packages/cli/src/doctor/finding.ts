/** Something that was looked at. `unknown`: it could not be looked at. `note`: to know, and to do only where it is not meant so. */
export interface Finding {
  readonly check: string
  readonly severity: 'ok' | 'note' | 'warning' | 'error' | 'unknown'
  /** What is so, and what follows from it. */
  readonly message: string
  /** What to do; where all is well there is nothing. */
  readonly fix?: string
}

/** Makes the findings of one check. */
export const findingsOf = (check: string) => ({
  ok: (message: string): Finding => ({ check, severity: 'ok', message }),
  note: (message: string, fix: string): Finding => ({ check, severity: 'note', message, fix }),
  warning: (message: string, fix: string): Finding => ({ check, severity: 'warning', message, fix }),
  error: (message: string, fix: string): Finding => ({ check, severity: 'error', message, fix }),
  unknown: (message: string, fix: string): Finding => ({ check, severity: 'unknown', message, fix }),
})
