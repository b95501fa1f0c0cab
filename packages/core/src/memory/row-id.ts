/** The id of a row whose key is two texts: that of a version, or of a part. */
export function idOf(first: string, second: string): string {
  return `${first} ${second}`
}
