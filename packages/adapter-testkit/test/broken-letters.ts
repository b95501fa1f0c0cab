import type { DeadLetterStore } from '@clerk-sync/core/adapter'
import type { Broken } from './broken-adapter.ts'

const lettersThat =
  (broken: (store: DeadLetterStore) => Partial<DeadLetterStore>): Broken['replace'] =>
  ({ adapter }) => {
    const { deadLetters } = adapter
    return deadLetters ? { ...adapter, deadLetters: { ...deadLetters, ...broken(deadLetters) } } : adapter
  }

/** Adapters that lose dead letters, or keep them too long. */
export const brokenLetters: Readonly<Record<string, Broken>> = {
  'a letter dropped before its event is committed': {
    fails: 'dead letters > a letter goes with the commit',
    symptom: /a letter went, and its event is not stored/,
    replace: ({ adapter }) => ({
      ...adapter,
      async once(event, change, hook, options) {
        await adapter.deadLetters?.drop(event.id)
        return adapter.once(event, change, hook, options)
      },
    }),
  },
  'a hook that runs for a message that was claimed': {
    fails: 'dead letters > a letter goes with the commit',
    symptom: /the effect of an event that was parked/,
    replace: ({ adapter, database }) => ({
      ...adapter,
      async once(event, change, hook, options) {
        await database.transaction((tx) => tx.delete('events', event.id))
        return adapter.once(event, change, hook, options)
      },
    }),
  },
  'letters that are said to be kept, and are not': {
    fails: 'dead letters > a refused event is kept',
    symptom: /the letter of a refused event/,
    replace: lettersThat(() => ({ park: async () => 'parked' })),
  },
  'a payload that is left after the tombstone': {
    fails: 'dead letters > nothing stays of a user',
    symptom: /the payloads of a user who was deleted/,
    replace: lettersThat((store) => ({
      find: async (filter, most) =>
        typeof filter === 'object' && 'payloadHas' in filter ? [] : store.find(filter, most),
    })),
  },
  'letters that are found by their own message alone': {
    fails: 'dead letters > a newer event that is stored after',
    symptom: /the letter of a superseded event/,
    replace: lettersThat((store) => ({
      find: async (filter, most) =>
        typeof filter === 'object' && 'entityId' in filter ? [] : store.find(filter, most),
    })),
  },
  'letters of messages that were processed': {
    fails: 'dead letters > park keeps nothing',
    symptom: /a letter of a message that was processed/,
    replace: ({ adapter, database }) => ({
      ...adapter,
      ...(adapter.deadLetters && {
        deadLetters: {
          ...adapter.deadLetters,
          park: async (letter) => {
            await database.transaction((tx) => {
              tx.delete('deadLetters', letter.id)
              tx.insert('deadLetters', { ...letter })
            })
            return 'parked'
          },
        },
      }),
    }),
  },
  'letters that keep their first refusal': {
    fails: 'dead letters > park keeps nothing',
    symptom: /what is kept of a letter that was refused again/,
    replace: lettersThat((store) => ({
      park: async (letter, limit) =>
        (await store.find({ id: letter.id })).length > 0 ? 'parked' : store.park(letter, limit),
    })),
  },
  'any number of letters in a minute': {
    fails: 'dead letters > park keeps nothing',
    symptom: /a letter beyond the limit/,
    replace: lettersThat((store) => ({ park: (letter, limit) => store.park(letter, { ...limit, most: 1_000_000 }) })),
  },
  'letters that cannot be dropped': {
    fails: 'dead letters >',
    symptom: /a letter that was dropped/,
    replace: lettersThat(() => ({ drop: async () => {} })),
  },
}
