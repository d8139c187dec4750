export { AnsweringThread } from './answering-thread.ts'
export { type PooledThread, ThreadPool } from './thread-pool.ts'
