import type { Source } from '../build-recipe.ts'

const environment = (...packages: string[]) => ({ contents: { packages: ['build-base', 'busybox', ...packages] } })

/** Three programs, one by each pipeline that builds with go. */
export const GO: Source = {
  name: 'gophers',
  recipe: {
    environment: environment('golang-go'),
    pipeline: [
      {
        uses: 'go/build',
        with: {
          'go-package': 'golang-go',
          packages: './cmd/first',
          output: 'first',
          ldflags: '-s -X main.word=linked',
          tags: 'tagged',
        },
      },
      { uses: 'go/build/v2', with: { packages: './cmd/second', output: 'second' } },
      { uses: 'go/install', with: { 'go-package': 'golang-go', package: './cmd/third' } },
      { runs: 'test "$(${{targets.destdir}}/usr/bin/first)" = "linked tagged"\n${{targets.destdir}}/usr/bin/second' },
    ],
  },
  files: {
    'go.mod': 'module example.com/gophers\n\ngo 1.19\n',
    'cmd/first/main.go': 'package main\n\nvar word = "unset"\n\nfunc main() { print2(word + " " + tag) }\n',
    'cmd/first/print.go': 'package main\n\nimport "os"\n\nfunc print2(s string) { os.Stdout.WriteString(s) }\n',
    'cmd/first/tag.go': '//go:build tagged\n\npackage main\n\nconst tag = "tagged"\n',
    'cmd/second/main.go': 'package main\n\nfunc main() {}\n',
    'cmd/third/main.go': 'package main\n\nfunc main() {}\n',
  },
}

/** One program without dependencies. */
export const CARGO: Source = {
  name: 'crate',
  recipe: {
    environment: environment(),
    pipeline: [
      {
        uses: 'cargo/build',
        with: { output: 'crate', opts: '--release --offline', rustflags: '--cfg wanted', jobs: '2' },
      },
      { uses: 'strip' },
      { runs: '${{targets.destdir}}/usr/bin/crate' },
    ],
  },
  files: {
    'Cargo.toml': '[package]\nname = "crate"\nversion = "1.0.0"\nedition = "2021"\n',
    'src/main.rs': 'fn main() { std::process::exit(if cfg!(wanted) { 0 } else { 1 }) }\n',
  },
}

/** One gem with a program. */
export const RUBY: Source = {
  name: 'gems',
  recipe: {
    environment: environment('ruby'),
    pipeline: [
      { uses: 'ruby/build', with: { gem: 'hello' } },
      { uses: 'ruby/install', with: { gem: 'hello', version: '1.0' } },
      { uses: 'ruby/clean' },
    ],
  },
  files: {
    'hello.gemspec': [
      'Gem::Specification.new do |s|',
      '  s.name = "hello"',
      '  s.version = "1.0"',
      '  s.summary = "says hello"',
      '  s.authors = ["Test"]',
      '  s.signing_key = "/nonexistent/key.pem"',
      '  s.files = ["lib/hello.rb", "exe/hello-gem"]',
      '  s.bindir = "exe"',
      '  s.executables = ["hello-gem"]',
      'end',
      '',
    ].join('\n'),
    'lib/hello.rb': 'puts "hello"\n',
    'exe/hello-gem': '#!/usr/bin/env ruby\nrequire "hello"\n',
  },
}

/** A package of npm with a dependency that is overridden, from the registry at that URL. */
export function npmPackage(registry: string): Source {
  return {
    name: 'modules-of-node',
    recipe: {
      environment: {
        ...environment(),
        environment: { npm_config_registry: registry, npm_config_update_notifier: 'false' },
      },
      pipeline: [
        { uses: 'npm/install', with: { package: 'hello', version: '1.0.0', overrides: '# newer\ndep@2.0.0' } },
        { runs: 'grep -q 2.0.0 "$(find ${{targets.destdir}}/usr/lib/node_modules -path "*/dep/package.json")"' },
      ],
    },
  }
}
