import { DiagnosticError } from '@apkts/diagnostics'

/** Stable codes of `ConfigError`. */
export type ConfigErrorCode =
  | 'YAML_SYNTAX'
  | 'YAML_EMPTY'
  | 'YAML_ALIAS_CYCLE'
  | 'YAML_ALIAS_BOMB'
  | 'YAML_TOO_DEEP'
  | 'UNKNOWN_KEY'
  | 'DUPLICATE_KEY'
  | 'WRONG_TYPE'
  | 'BAD_MERGE'

/** A configuration file that cannot be read as what it should be; `at` names the place in the file. */
export class ConfigError extends DiagnosticError<ConfigErrorCode> {
  override readonly name = 'ConfigError'
}
