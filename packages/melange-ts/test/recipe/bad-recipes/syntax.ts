import { type BadRecipe, recipe } from './row.ts'

export const SYNTAX: readonly BadRecipe[] = [
  ['an empty file', '', 'YAML_EMPTY', undefined, 'empty'],
  ['an open flow mapping', 'package: {name: a', 'YAML_SYNTAX', 1, 'YAML'],
  ['an open flow list', recipe('pipeline: [{runs: x}'), 'YAML_SYNTAX', 2, 'YAML'],
  ['an open double quote', 'package:\n  name: "a\n', 'YAML_SYNTAX', 3, 'YAML'],
  ['an open single quote', "package:\n  name: 'a\n", 'YAML_SYNTAX', 3, 'YAML'],
  ['a tab as indentation', 'package:\n\tname: a\n', 'YAML_SYNTAX', 2, 'YAML'],
  ['text after a quoted value', 'package:\n  name: "a" b\n', 'YAML_SYNTAX', 2, 'YAML'],
  ['wrong indentation', 'package:\n  name: a\n version: 1\n', 'YAML_SYNTAX', 3, 'YAML'],
  ['a value within a value', 'package:\n  name: a: b\n', 'YAML_SYNTAX', 2, 'YAML'],
  ['an unknown anchor', 'package:\n  name: *nobody\n', 'YAML_SYNTAX', 2, 'nobody'],
  ['an unknown escape', 'package:\n  name: "\\q"\n', 'YAML_SYNTAX', 2, 'YAML'],
  ['a reserved character', 'package:\n  name: @a\n', 'YAML_SYNTAX', 2, 'YAML'],
  ['a backquote', 'package:\n  name: `a`\n', 'YAML_SYNTAX', 2, 'YAML'],
  ['a closing bracket only', 'package: ]\n', 'YAML_SYNTAX', 1, 'YAML'],
  ['a list item among keys', 'package:\n  name: a\n  - b\n', 'YAML_SYNTAX', 3, 'YAML'],
  ['an anchor within itself', recipe('pipeline: &p\n  - pipeline: *p\n'), 'YAML_ALIAS_CYCLE', 3, 'contains itself'],
  ['a list as the document', '- package\n', 'WRONG_TYPE', 1, 'mapping'],
  ['a text as the document', 'package\n', 'WRONG_TYPE', 1, 'mapping'],
  ['a number as the document', '42\n', 'WRONG_TYPE', 1, 'mapping'],
]
