import { mapValues } from '../recipe/records.ts'
import type { BuildOption, Recipe, RecipeTest, Step, Subpackage, VarTransform } from '../recipe/types.ts'
import { type GoStruct, type GoValue, goMap, goStruct } from './values.ts'
import { environmentView } from './view-environment.ts'
import { dependenciesView, optionsView, packageView, scriptletsView, setcapView } from './view-package.ts'
import { updateView } from './view-update.ts'

/** A recipe under the names of melange's Go types, as templates see it. */
export function recipeView(recipe: Recipe): GoStruct {
  const { package: pkg, subpackages } = recipe
  return goStruct(
    {
      Package: packageView(pkg),
      Environment: environmentView(recipe.environment),
      Capabilities: goStruct({ Add: recipe.capabilities.add, Drop: recipe.capabilities.drop }),
      Pipeline: recipe.pipeline.map(stepView),
      Subpackages: subpackages.map(subpackageView),
      Update: updateView(recipe.update),
      Vars: goMap(recipe.vars),
      VarTransforms: recipe.varTransforms.map(transformView),
      Options: goMap(mapValues(recipe.options, optionView)),
      Test: testView(recipe.test),
    },
    {
      Name: () => pkg.name,
      AllPackageNames: () => [pkg.name, ...subpackages.map(({ name }) => name)],
    },
  )
}

function stepView(step: Step): GoStruct {
  return goStruct({
    If: step.if,
    Name: step.name,
    Uses: step.uses,
    With: goMap(step.with),
    Runs: step.runs,
    Pipeline: step.pipeline.map(stepView),
    Inputs: goMap(
      mapValues(step.inputs, (input) =>
        goStruct({ Description: input.description, Default: input.default, Required: input.required }),
      ),
    ),
    Needs: step.needs && goStruct({ Packages: step.needs.packages }),
    Label: step.label,
    Assertions: step.assertions && goStruct({ RequiredSteps: step.assertions.requiredSteps }),
    WorkDir: step.workingDirectory,
    Environment: goMap(step.environment),
  })
}

function subpackageView(subpackage: Subpackage): GoStruct {
  return goStruct({
    If: subpackage.if,
    Range: '',
    Name: subpackage.name,
    Pipeline: subpackage.pipeline.map(stepView),
    Dependencies: dependenciesView(subpackage.dependencies),
    Options: optionsView(subpackage.options),
    Scriptlets: scriptletsView(subpackage.scriptlets),
    Description: subpackage.description,
    Annotations: goMap(subpackage.annotations),
    URL: subpackage.url,
    Commit: subpackage.commit,
    Checks: goStruct({ Disabled: subpackage.checks.disabled }),
    Test: testView(subpackage.test),
    SetCap: subpackage.setcap.map(setcapView),
  })
}

function testView(test: RecipeTest | undefined): GoValue {
  return test && goStruct({ Environment: environmentView(test.environment), Pipeline: test.pipeline.map(stepView) })
}

function transformView({ from, match, replace, to }: VarTransform): GoStruct {
  return goStruct({ From: from, Match: match, Replace: replace, To: to })
}

function optionView({ vars, environment: { contents } }: BuildOption): GoStruct {
  const packages = goStruct({ Add: contents.packages.add, Remove: contents.packages.remove })
  return goStruct({ Vars: goMap(vars), Environment: goStruct({ Contents: goStruct({ Packages: packages }) }) })
}
