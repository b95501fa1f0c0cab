const UNITS = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
] as const

/** A length of time for people: `3 d 4 h`, `2 min 5 s`, `0 s`. */
export function timeOf(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds))
  for (const [index, [unit, length]] of UNITS.entries()) {
    if (whole < length) continue
    const [next, nextLength] = UNITS[index + 1] ?? ['s', 1]
    const rest = Math.floor((whole % length) / nextLength)
    return `${Math.floor(whole / length)} ${unit}${rest > 0 ? ` ${rest} ${next}` : ''}`
  }
  return `${whole} s`
}
