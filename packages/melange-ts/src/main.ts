import { main } from '@apkts/diagnostics/cli'
import { program } from './cli/program.ts'

void main(program)
