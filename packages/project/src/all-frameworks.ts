import { type Framework, localFirst, modeFirst, plain } from './framework.ts'

const NODE_MODULES = ['src/clerk-sync', 'clerk-sync']

/** In the order in which they are looked for: one that builds on another comes first. */
export const frameworks = [
  {
    name: 'nextjs',
    title: 'Next.js',
    dependency: 'next',
    port: 3000,
    envFiles: localFirst,
    modules: ['lib/clerk-sync', 'src/lib/clerk-sync'],
  },
  {
    name: 'nuxt',
    title: 'Nuxt',
    dependency: 'nuxt',
    port: 3000,
    envFiles: plain,
    modules: ['server/utils/clerk-sync'],
  },
  {
    name: 'astro',
    title: 'Astro',
    dependency: 'astro',
    port: 4321,
    envFiles: modeFirst,
    modules: ['src/lib/clerk-sync'],
  },
  {
    name: 'react-router',
    title: 'React Router',
    dependency: '@react-router/dev',
    port: 5173,
    envFiles: modeFirst,
    modules: ['app/clerk-sync.server'],
  },
  {
    name: 'tanstack-start',
    title: 'TanStack Start',
    dependency: '@tanstack/react-start',
    port: 3000,
    envFiles: modeFirst,
    modules: ['src/clerk-sync'],
  },
  { name: 'nestjs', title: 'NestJS', dependency: '@nestjs/core', port: 3000, envFiles: plain, modules: NODE_MODULES },
  { name: 'fastify', title: 'Fastify', dependency: 'fastify', port: 3000, envFiles: plain, modules: NODE_MODULES },
  { name: 'hono', title: 'Hono', dependency: 'hono', port: 3000, envFiles: plain, modules: NODE_MODULES },
  { name: 'express', title: 'Express', dependency: 'express', port: 3000, envFiles: plain, modules: NODE_MODULES },
] as const satisfies readonly Framework[]

export type FrameworkName = (typeof frameworks)[number]['name']
