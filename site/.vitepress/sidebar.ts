import type { DefaultTheme } from 'vitepress'
import { codes } from '../../packages/core/src/errors.ts'
import { frameworks, orms } from '../content/guides.mjs'
import { pages, read, titleOf } from '../content/pages.mjs'
import { entries } from '../content/reference.mjs'

/** The order in which the questions come; what is not here comes at the end of the guides. */
const GUIDES = [
  'when-to-sync',
  'tables',
  'local-development',
  'testing',
  'delivery-and-guarantees',
  'hooks-and-side-effects',
]

const titles = new Map([...pages].map(([path, page]) => [page, titleOf(read(path))]))
const items = (links: readonly string[]): DefaultTheme.SidebarItem[] =>
  links.map((link) => ({ text: titles.get(link) ?? link, link: `/${link}` }))

const guides = [...pages].filter(([path]) => /^docs\/[^/]+\.md$/.test(path)).map(([, page]) => page)
const others = guides.filter((page) => ![...GUIDES, 'contents', 'errors', 'glossary'].includes(page))
const folder = (name: string) => [...pages.values()].filter((page) => page.startsWith(`${name}/`))

export const sidebar: DefaultTheme.SidebarItem[] = [
  { text: 'Start', items: [{ text: 'What it is, in ten lines', link: '/start' }, ...items(['examples/quickstart'])] },
  { text: 'Frameworks', collapsed: false, items: items(Object.keys(frameworks).map((name) => `frameworks/${name}`)) },
  {
    text: 'ORMs',
    collapsed: false,
    items: Object.entries(orms).map(([name, { title }]) => ({ text: title, link: `/orms/${name}` })),
  },
  { text: 'Guides', collapsed: false, items: items([...GUIDES, ...others, 'glossary']) },
  {
    text: 'Errors',
    collapsed: true,
    items: [...items(['errors']), ...Object.keys(codes).map((code) => ({ text: code, link: `/errors/${code}` }))],
  },
  { text: 'Packages', collapsed: true, items: items(folder('packages')) },
  {
    text: 'Reference',
    collapsed: true,
    items: entries().map(({ name }) => ({ text: name, link: `/reference/${name}` })),
  },
  {
    text: 'More',
    collapsed: true,
    items: [...items(folder('examples')), ...items(['contributing']), { text: 'Decisions', link: '/adr' }],
  },
]
