import type { ImageConfig } from '@apkts/config'
import { replaceTokens, type Variables } from '../substitute/lenient.ts'
import { mapValues } from './records.ts'
import type { RawSubpackage } from './schema.ts'
import type {
  Copyright,
  Cpe,
  Dependencies,
  RecipePackage,
  RecipeTest,
  Scriptlets,
  Step,
  TagMonitor,
  Update,
} from './types.ts'

type Replace = (text: string) => string

/** The load-time replacement as a function of text. */
export function replacer(variables: Variables): Replace {
  return (text) => replaceTokens(text, variables)
}

export function replacePackage(pkg: RecipePackage, replace: Replace): RecipePackage {
  return {
    ...pkg,
    name: replace(pkg.name),
    version: replace(pkg.version),
    description: replace(pkg.description),
    annotations: mapValues(pkg.annotations, replace),
    url: replace(pkg.url),
    targetArchitecture: pkg.targetArchitecture.map(replace),
    copyright: pkg.copyright.map((entry) => replaceCopyright(entry, replace)),
    dependencies: replaceDependencies(pkg.dependencies, replace),
    scriptlets: pkg.scriptlets && replaceScriptlets(pkg.scriptlets, replace),
    cpe: mapValues({ ...pkg.cpe }, replace) as unknown as Cpe,
  }
}

function replaceCopyright(entry: Copyright, replace: Replace): Copyright {
  return {
    ...entry,
    paths: entry.paths.map(replace),
    license: replace(entry.license),
    licensePath: replace(entry.licensePath),
  }
}

function replaceDependencies(dependencies: Dependencies, replace: Replace): Dependencies {
  return {
    runtime: dependencies.runtime.map(replace),
    provides: dependencies.provides.map(replace),
    replaces: dependencies.replaces.map(replace),
    providerPriority: replace(dependencies.providerPriority),
    replacesPriority: replace(dependencies.replacesPriority),
  }
}

function replaceScriptlets(scriptlets: Scriptlets, replace: Replace): Scriptlets {
  return {
    trigger: { script: replace(scriptlets.trigger.script), paths: scriptlets.trigger.paths.map(replace) },
    preInstall: replace(scriptlets.preInstall),
    postInstall: replace(scriptlets.postInstall),
    preDeinstall: replace(scriptlets.preDeinstall),
    postDeinstall: replace(scriptlets.postDeinstall),
    preUpgrade: replace(scriptlets.preUpgrade),
    postUpgrade: replace(scriptlets.postUpgrade),
  }
}

export function replaceSubpackage(subpackage: RawSubpackage, replace: Replace): RawSubpackage {
  return {
    ...subpackage,
    if: replace(subpackage.if),
    name: replace(subpackage.name),
    pipeline: replaceSteps(subpackage.pipeline, replace),
    dependencies: replaceDependencies(subpackage.dependencies, replace),
    scriptlets: subpackage.scriptlets && replaceScriptlets(subpackage.scriptlets, replace),
    description: replace(subpackage.description),
    annotations: mapValues(subpackage.annotations, replace),
    url: replace(subpackage.url),
    test: subpackage.test && replaceTest(subpackage.test, replace),
  }
}

export function replaceTest(test: RecipeTest, replace: Replace): RecipeTest {
  return { environment: replaceEnvironment(test.environment, replace), pipeline: replaceSteps(test.pipeline, replace) }
}

export function replaceSteps(steps: readonly Step[], replace: Replace): readonly Step[] {
  return steps.map((step) => ({
    ...step,
    if: replace(step.if),
    name: replace(step.name),
    with: mapValues(step.with, replace),
    runs: replace(step.runs),
    pipeline: replaceSteps(step.pipeline, replace),
    needs: step.needs && { packages: step.needs.packages.map(replace) },
    workingDirectory: replace(step.workingDirectory),
    environment: mapValues(step.environment, replace),
  }))
}

export function replaceEnvironment(config: ImageConfig, replace: Replace): ImageConfig {
  const { contents, entrypoint } = config
  return {
    ...config,
    contents: {
      ...contents,
      buildRepositories: contents.buildRepositories.map(replace),
      repositories: contents.repositories.map(replace),
      keyring: contents.keyring.map(replace),
      packages: contents.packages.map(replace),
    },
    entrypoint: {
      type: entrypoint.type,
      command: replace(entrypoint.command),
      shellFragment: replace(entrypoint.shellFragment),
      services: mapValues(entrypoint.services, replace),
    },
    cmd: replace(config.cmd),
    stopSignal: replace(config.stopSignal),
    workDir: replace(config.workDir),
    environment: mapValues(config.environment, replace),
    vcsUrl: replace(config.vcsUrl),
    annotations: mapValues(config.annotations, replace),
    volumes: config.volumes.map(replace),
  }
}

export function replaceUpdate(update: Update, replace: Replace): Update {
  const { releaseMonitor, github, git } = update
  return {
    ...update,
    releaseMonitor: releaseMonitor && {
      ...releaseMonitor,
      versionFilterContains: replace(releaseMonitor.versionFilterContains),
      versionFilterPrefix: replace(releaseMonitor.versionFilterPrefix),
    },
    github: github && {
      ...github,
      ...replaceTagFilters(github, replace),
      identifier: replace(github.identifier),
      tagFilter: replace(github.tagFilter),
    },
    git: git && { ...git, ...replaceTagFilters(git, replace) },
  }
}

function replaceTagFilters(
  monitor: TagMonitor,
  replace: Replace,
): Pick<TagMonitor, 'tagFilterPrefix' | 'tagFilterContains'> {
  return {
    tagFilterPrefix: replace(monitor.tagFilterPrefix),
    tagFilterContains: replace(monitor.tagFilterContains),
  }
}
