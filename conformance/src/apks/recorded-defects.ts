/**
 * Cases whose recorded results show a defect of melange that melange-ts mends. They are built with `--like-melange`, all
 * others as a user would build them.
 */
const RECORDED_DEFECTS: Readonly<Record<string, string>> = {
  'options-demo': 'the condition of a subpackage is judged without variables',
  '02-metadata': 'licences joined without parentheses',
  '04-tar-headers': 'setcap of a subpackage is forgotten',
  '17-licenses': 'licences joined without parentheses',
  '18-build-options': 'options come too late for variables in steps',
  '29-lint-all': 'names of Python modules are cut short',
  '22-strip-origin': 'the dependency log keeps only the last package',
}

/** Flags for a case: none, or the one that keeps melange's defects. */
export function defectFlags(name: string): string[] {
  return RECORDED_DEFECTS[name] === undefined ? [] : ['--like-melange']
}
