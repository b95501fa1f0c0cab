import { defineConfig } from 'vitepress'
import { REPOSITORY, SITE } from '../../packages/core/src/addresses.ts'
import { sidebar } from './sidebar.ts'

const base = `${new URL(SITE).pathname.replace(/\/$/, '')}/`

/** Anchors as Git hosts make them: the documents are read there, too. */
const slugify = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}_\- ]/gu, '')
    .replaceAll(' ', '-')

export default defineConfig({
  title: 'clerk-sync',
  description: "Clerk's users in your own tables: any order, any duplicates, any crash, one end state.",
  lang: 'en',
  base,
  srcDir: '.cache/content',
  outDir: '.cache/dist',
  cacheDir: '.cache/vitepress',
  cleanUrls: true,
  lastUpdated: false,
  head: [['link', { rel: 'icon', type: 'image/svg+xml', href: `${base}icon.svg` }]],
  markdown: { anchor: { slugify }, theme: { light: 'github-light-high-contrast', dark: 'github-dark-dimmed' } },
  sitemap: { hostname: `${SITE}/` },
  vite: { build: { chunkSizeWarningLimit: 2_000 } },
  themeConfig: {
    logo: '/icon.svg',
    nav: [
      { text: 'Start', link: '/start' },
      { text: 'Guides', link: '/contents' },
      { text: 'Errors', link: '/errors' },
      { text: 'Reference', link: '/reference' },
    ],
    sidebar,
    outline: [2, 3],
    search: { provider: 'local' },
    socialLinks: [{ icon: 'github', link: REPOSITORY }],
    footer: { message: 'MIT', copyright: 'the clerk-sync contributors' },
  },
})
