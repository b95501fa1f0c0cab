import type { CSSProperties } from 'react'

/** Initials on a colour of their own: drawn from what is in the table, and fetched from nowhere. */
export function Avatar({ id, name, square = false }: { id: string; name: string; square?: boolean }) {
  const style = { '--hue': hueOf(id) } as CSSProperties
  return (
    <span className={square ? 'avatar square' : 'avatar'} style={style} aria-hidden="true">
      {initialsOf(name)}
    </span>
  )
}

function initialsOf(name: string): string {
  const words = name.split(/\s+/).filter(Boolean)
  const [first = '?', last = ''] = words.length > 1 ? [words[0], words.at(-1)] : words
  return `${Array.from(first)[0] ?? ''}${Array.from(last)[0] ?? ''}`.toUpperCase()
}

function hueOf(id: string): number {
  return Array.from(id).reduce((hue, letter) => (hue * 31 + letter.charCodeAt(0)) % 360, 17)
}
