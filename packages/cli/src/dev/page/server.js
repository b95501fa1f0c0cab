/** @param {string} path @param {RequestInit} [request] */
async function ask(path, request) {
  const response = await fetch(path, request)
  const answer = await response.json()
  if (!response.ok) throw new Error(answer.error)
  return answer
}

/** @param {string} path */
export const read = (path) => ask(path)

/** @param {string} path @param {object} [body] */
export const post = (path, body = {}) =>
  ask(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
