export { type DynamicNames, dynamicNames, interpreter } from './dynamic.ts'
export { goBuildSettings } from './go-build-info.ts'
export { parseElf } from './parse.ts'
export type { ElfFile, ElfSection, ElfSegment } from './types.ts'
