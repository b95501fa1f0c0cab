// Everything that is shown is set as text, never as markup: names are what users typed.

/** @param {string} id @returns {HTMLElement} */
export const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id))

/**
 * @param {string} tag
 * @param {string} [className]
 * @param {...(string | Node)} children
 */
export function make(tag, className = '', ...children) {
  const element = document.createElement(tag)
  if (className) element.className = className
  element.append(...children)
  return element
}

/** @param {string} text @param {() => unknown} press */
export function button(text, press) {
  const element = /** @type {HTMLButtonElement} */ (make('button', 'small', text))
  element.type = 'button'
  element.addEventListener('click', press)
  return element
}

/** @param {string} id @param {string} text hidden where it is empty */
export function note(id, text) {
  byId(id).textContent = text
  byId(id).hidden = text === ''
}

/** A length of time. @param {number} ms */
export function lengthOf(ms) {
  const size = Math.abs(ms)
  if (size < 1000) return `${Math.round(ms)} ms`
  if (size < 60_000) return `${(ms / 1000).toFixed(1)} s`
  if (size < 3_600_000) return `${Math.round(ms / 60_000)} min`
  return size < 172_800_000 ? `${Math.round(ms / 3_600_000)} h` : `${Math.round(ms / 86_400_000)} d`
}

/** The time of day, to the millisecond, with the date where it is another one. @param {number} time */
export function momentOf(time) {
  const date = new Date(time)
  const clock = `${date.toLocaleTimeString('en-GB')}.${String(date.getMilliseconds()).padStart(3, '0')}`
  return date.toDateString() === new Date().toDateString() ? clock : `${date.toLocaleDateString('en-CA')} ${clock}`
}
