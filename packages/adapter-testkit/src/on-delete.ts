/** What deletes do to a row. */
export type OnDelete = 'erase' | 'keep' | 'remove'
