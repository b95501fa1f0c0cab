// What functions of the migration give, of kinds that are plain.

export function isBoolean(data: unknown): data is boolean {
  return typeof data === 'boolean'
}

export function isCount(data: unknown): data is number {
  return typeof data === 'number'
}

export function areTexts(data: unknown): data is readonly string[] {
  return Array.isArray(data) && data.every((text) => typeof text === 'string')
}
