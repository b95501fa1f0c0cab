import { InvalidArgumentError } from 'commander'

/** For an option that takes a positive whole number. */
export const wholeNumber = (option: string) => (text: string) => {
  const number = Number(text)
  if (/^\d+$/.test(text) && Number.isSafeInteger(number) && number > 0) return number
  throw new InvalidArgumentError(`${option} takes a positive whole number.`)
}
