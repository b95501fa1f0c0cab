// A server in a container, where a Docker engine answers.
import { imageVariable, KINDS, urlOf } from './kinds.mjs'

/** @param {import('./keeper.mjs').Wanted} wanted @returns {Promise<import('./keeper.mjs').Running>} */
export async function startContainer({ kind, durable, note }) {
  const { GenericContainer, getContainerRuntimeClient } = await import('testcontainers')
  try {
    await getContainerRuntimeClient()
  } catch (cause) {
    throw new Error('no Docker engine answers.', { cause })
  }
  const facts = KINDS[kind]
  const image = process.env[imageVariable(kind)] || facts.image
  try {
    const container = await new GenericContainer(image)
      .withEnvironment(facts.environment)
      .withExposedPorts(facts.port)
      .withCommand([
        kind === 'postgres' ? 'postgres' : kind === 'mysql' ? 'mysqld' : 'mariadbd',
        ...facts.flags(durable),
      ])
      .withStartupTimeout(180_000)
      .start()
    const authority = `${facts.credentials}@${container.getHost()}:${container.getMappedPort(facts.port)}`
    return {
      url: urlOf(kind, authority, 'test'),
      rung: `Testcontainers (${image})`,
      stop: async () => {
        await container.stop({ timeout: 0 })
      },
    }
  } catch (cause) {
    const why = `the container ${image} did not start: ${cause instanceof Error ? cause.message : cause}`
    note(`${why}; going on without Docker`)
    throw new Error(why, { cause })
  }
}
