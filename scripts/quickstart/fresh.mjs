import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Does `work` unless it was done before from the same bytes and its results still have the bytes they had then.
 * `inputs` are files and directories, `outputs()` lists the files and directories that the work makes; `facts` are texts
 * that count as input too. True when work was done.
 */
export async function unlessFresh(stateFile, name, { inputs, facts = [], outputs }, work) {
  const state = existsSync(stateFile) ? JSON.parse(readFileSync(stateFile, 'utf8')) : {}
  const wanted = digestOf(inputs, facts)
  const known = state[name]
  if (known?.inputs === wanted && outputs().every(existsSync) && known.outputs === digestOf(outputs())) return false
  await work()
  const updated = { ...state, [name]: { inputs: wanted, outputs: digestOf(outputs()) } }
  writeFileSync(`${stateFile}.tmp`, JSON.stringify(updated, null, 2))
  renameSync(`${stateFile}.tmp`, stateFile)
  return true
}

function digestOf(paths, facts = []) {
  const hash = createHash('sha256')
  for (const fact of facts) hash.update(`${fact}\0`)
  for (const path of paths) addPath(hash, path)
  return hash.digest('hex')
}

function addPath(hash, path) {
  if (statSync(path).isDirectory()) {
    for (const name of readdirSync(path).sort()) {
      hash.update(`${name}\0`)
      addPath(hash, join(path, name))
    }
  } else {
    const bytes = readFileSync(path)
    hash.update(`${bytes.length}\0`).update(bytes)
  }
}
