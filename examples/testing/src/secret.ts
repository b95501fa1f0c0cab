/** The signing secret that the examples are tested with. */
export const SECRET = `whsec_${Buffer.from('the secret of the examples').toString('base64')}`
