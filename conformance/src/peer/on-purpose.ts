/** What only ours refuses, and why that is right: `docs/compatibility.md` lists each. */
const REFUSED: readonly RegExp[] = [
  /error\[ACCOUNT_FILE_MALFORMED\].*expected a decimal id up to/,
  /error\[INSTALLED_DATABASE\].*line break/,
  /error\[IS_A_DIRECTORY\].*to a place in itself/,
  /error\[LOCK_INCOMPLETE\]/,
  /error\[PATH_INVALID\]/,
  /error\[FORMAT\].*(?:not defined|unexpected)/,
  /error\[FLAG_VALUE\]: --arch has an empty name/,
  /^dot .*error\[(?:UNSIGNED|SIGNATURE_UNKNOWN_KEY|REPOSITORY_LINE)\]/s,
]

/** Whether a difference (`COMMAND works there, and fails here: …`) is one that is meant to be. */
export function isOnPurpose(difference: string): boolean {
  return difference.includes('fails here') && REFUSED.some((pattern) => pattern.test(difference))
}
