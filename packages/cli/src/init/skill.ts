import { existsSync, readFileSync } from 'node:fs'
import type { Project } from './project.ts'

const NAME = 'syncing-users/SKILL.md'

/** Where coding agents look for skills: Claude Code in a folder of its own, the others in the one that they share. */
export function skillPath({ has }: Pick<Project, 'has'>): string {
  return `${has('.claude') || has('CLAUDE.md') ? '.claude' : '.agents'}/skills/${NAME}`
}

/** The skill of this version: beside the built command, or where the repository has it. */
export function skillText(): string {
  const built = new URL(`./skills/${NAME}`, import.meta.url)
  return readFileSync(existsSync(built) ? built : new URL(`../../../../skills/${NAME}`, import.meta.url), 'utf8')
}
