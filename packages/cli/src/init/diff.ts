/** Lines around a change that are shown. */
const CONTEXT = 2

/** The lines that differ, as `diff -u` shows them. Small files: the longest common subsequence by its table. */
export function diffOf(before: string, after: string): string[] {
  const [old, fresh] = [linesOf(before), linesOf(after)]
  const common = old.map(() => new Uint32Array(fresh.length + 1))
  common.push(new Uint32Array(fresh.length + 1))
  const at = (i: number, j: number) => common[i]?.[j] ?? 0
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = fresh.length - 1; j >= 0; j--) {
      const row = common[i] as Uint32Array
      row[j] = old[i] === fresh[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
    }
  }
  const lines: { readonly mark: ' ' | '-' | '+'; readonly text: string }[] = []
  let [i, j] = [0, 0]
  while (i < old.length || j < fresh.length) {
    if (i < old.length && j < fresh.length && old[i] === fresh[j]) {
      lines.push({ mark: ' ', text: old[i++] ?? '' })
      j++
    } else if (j >= fresh.length || (i < old.length && at(i + 1, j) >= at(i, j + 1))) {
      lines.push({ mark: '-', text: old[i++] ?? '' })
    } else {
      lines.push({ mark: '+', text: fresh[j++] ?? '' })
    }
  }
  const near = (index: number) =>
    lines.slice(Math.max(0, index - CONTEXT), index + CONTEXT + 1).some(({ mark }) => mark !== ' ')
  return lines.flatMap(({ mark, text }, index) => {
    if (near(index)) return [`${mark} ${text}`]
    return index > 0 && near(index - 1) ? ['  …'] : []
  })
}

const linesOf = (text: string) => (text === '' ? [] : text.replace(/\n$/, '').split('\n'))
