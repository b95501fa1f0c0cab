import { describe, it } from 'vitest'
import { testAdapter } from '../src/index.ts'
import { memoryHarness } from './memory-harness.ts'

testAdapter(memoryHarness({ runner: { describe, it } }))
testAdapter(memoryHarness({ runner: { describe, it }, versions: 'beside' }))
