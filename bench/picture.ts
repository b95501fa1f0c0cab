/** A value that is drawn as a bar. */
export interface Bar {
  readonly kind: 'hand' | 'ours' | 'hook'
  readonly name: string
  readonly ratio: number
}

export interface BarGroup {
  readonly title: string
  readonly bars: readonly Bar[]
}

const WIDTH = 760
const LEFT = 190
const RIGHT = 70
const BAR = 13
const GROUP_GAP = 14
const TOP = 56
const LETTER = 7

/** Bars on one scale, readable on a light and on a dark page. */
export function picture(title: string, groups: readonly BarGroup[]): string {
  const most = Math.max(...groups.flatMap(({ bars }) => bars.map(({ ratio }) => ratio)))
  const scale = (WIDTH - LEFT - RIGHT) / most
  const parts: string[] = []
  let y = TOP
  for (const { title: group, bars } of groups) {
    parts.push(text(LEFT - 10, y + (bars.length * BAR) / 2 + 4, group, 'label'))
    for (const { kind, name, ratio } of bars) {
      const width = Math.max(1, ratio * scale).toFixed(1)
      parts.push(
        `<rect class="${kind}" x="${LEFT}" y="${y}" width="${width}" height="${BAR - 2}"><title>${group}, ${name}</title></rect>`,
        text(LEFT + Number(width) + 6, y + BAR - 4, `${ratio.toFixed(2)} ×`, 'value'),
      )
      y += BAR
    }
    y += GROUP_GAP
  }
  const one = LEFT + scale
  let end = LEFT
  const legend = (groups[0]?.bars ?? []).map(({ kind, name }) => {
    const x = end
    end += 40 + name.length * LETTER
    return `<rect class="${kind}" x="${x}" y="32" width="11" height="11"/>${text(x + 17, 42, name, 'value')}`
  })
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" width="${WIDTH}" height="${y}" role="img" aria-label="${title}">`,
    '<style>text { font: 12px system-ui, sans-serif; fill: #3c3c43 } .title { font-weight: 600; font-size: 14px }',
    '.label { text-anchor: end } .hand { fill: #a8a8b3 } .ours { fill: #5b5bd6 } .hook { fill: #2c9c8f }',
    'line { stroke: #a8a8b3; stroke-dasharray: 3 3 }',
    '@media (prefers-color-scheme: dark) { text { fill: #dfdfd6 } .hand { fill: #6a6a71 } .ours { fill: #8f8ff0 } .hook { fill: #45bdae } }</style>',
    text(0, 16, title, 'title'),
    ...legend,
    `<line x1="${one.toFixed(1)}" x2="${one.toFixed(1)}" y1="${TOP - 4}" y2="${y - GROUP_GAP + 4}"/>`,
    ...parts,
    '</svg>',
    '',
  ].join('\n')
}

function text(x: number, y: number, content: string, kind: string): string {
  return `<text class="${kind}" x="${x.toFixed(1)}" y="${y.toFixed(1)}">${content}</text>`
}
