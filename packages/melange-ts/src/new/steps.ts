import type { JsonValue } from '@apkts/encoding'
import { packageName } from './names.ts'
import type { BuildSystem, Project } from './project.ts'

export interface BuildSteps {
  readonly packages: readonly string[]
  readonly pipeline: readonly JsonValue[]
  readonly test: readonly JsonValue[]
}

interface Subject {
  readonly name: string
  /** As upstream writes it. */
  readonly version: string
}

const PACKAGES: Readonly<Record<BuildSystem, readonly string[]>> = {
  autotools: ['build-base', 'busybox'],
  cmake: ['build-base', 'busybox'],
  meson: ['build-base', 'busybox'],
  go: ['busybox'],
  cargo: ['build-base', 'busybox'],
  python: ['busybox', 'py3-setuptools', 'py3-wheel'],
  npm: ['busybox', 'nodejs', 'npm'],
  perl: ['build-base', 'busybox', 'perl-dev'],
  make: ['build-base', 'busybox'],
}

/** What builds and installs a project, with the packages that this needs beside those of the pipelines. */
export function buildSteps(project: Project, subject: Subject): BuildSteps {
  const programs = (project.programs ?? []).map(packageName)
  const pipeline = [...STEPS[project.system](project, { ...subject, program: programs[0] ?? subject.name })]
  const runs = programs.length > 0 && ['go', 'cargo'].includes(project.system)
  return {
    packages: PACKAGES[project.system],
    pipeline: ['python', 'npm', 'perl'].includes(project.system) ? pipeline : [...pipeline, { uses: 'strip' }],
    test: runs ? [{ runs: `command -v ${programs[0]}\n` }] : [],
  }
}

type Steps = (project: Project, subject: Subject & { readonly program: string }) => readonly JsonValue[]

const uses = (...names: readonly string[]): JsonValue[] => names.map((name) => ({ uses: name }))

const STEPS: Readonly<Record<BuildSystem, Steps>> = {
  autotools: ({ bootstrap }) => [
    ...(bootstrap ? [{ runs: 'autoreconf -vfi\n' }] : []),
    ...uses('autoconf/configure', 'autoconf/make', 'autoconf/make-install'),
  ],
  cmake: () => uses('cmake/configure', 'cmake/build', 'cmake/install'),
  meson: () => uses('meson/configure', 'meson/compile', 'meson/install'),
  go: (_project, { program }) => [{ uses: 'go/build', with: { packages: '.', output: program } }],
  cargo: (_project, { program }) => [{ uses: 'cargo/build', with: { output: program } }],
  python: () => uses('python/build-wheel'),
  npm: () => [{ runs: 'npm install --global --omit=dev --prefix "${{targets.contextdir}}/usr" "$(npm pack)"\n' }],
  perl: () => uses('perl/make', 'autoconf/make', 'autoconf/make-install', 'perl/cleanup'),
  make: () => [{ runs: 'make\nmake install DESTDIR="${{targets.contextdir}}" prefix=/usr\n' }],
}
