import { afterAll } from 'vitest'
import { removeTemporaryDirectories } from './src/commands.ts'

// Here, and not where a directory is made: a hook that a test asks for while it runs is never called.
afterAll(removeTemporaryDirectories)
