import type { Source } from '../build-recipe.ts'

/** The same program built twice. */
export const CMAKE_AND_MESON: Source = {
  name: 'twice',
  recipe: {
    environment: { contents: { packages: ['build-base', 'busybox', 'ninja'] } },
    pipeline: [
      { uses: 'cmake/configure', with: { 'output-dir': 'by-cmake', opts: '-S src -DANSWER=42' } },
      { uses: 'cmake/build', with: { 'output-dir': 'by-cmake' } },
      { uses: 'cmake/install', with: { 'output-dir': 'by-cmake' } },
      {
        'working-directory': 'src',
        pipeline: [
          { uses: 'meson/configure', with: { opts: '-Danswer=42' } },
          { uses: 'meson/compile' },
          { uses: 'meson/install' },
        ],
      },
      { uses: 'strip' },
      { runs: '${{targets.destdir}}/usr/bin/by-cmake && ${{targets.destdir}}/usr/bin/by-meson' },
    ],
  },
  files: {
    'src/main.c': 'int main(void) { return ANSWER - 42; }\n',
    'src/CMakeLists.txt': [
      'cmake_minimum_required(VERSION 3.10)',
      'project(twice C)',
      'add_executable(by-cmake main.c)',
      'target_compile_definitions(by-cmake PRIVATE ANSWER=${ANSWER})',
      'install(TARGETS by-cmake)',
      '',
    ].join('\n'),
    'src/meson.build': [
      "project('twice', 'c')",
      "executable('by-meson', 'main.c', install: true, c_args: '-DANSWER=@0@'.format(get_option('answer')))",
      '',
    ].join('\n'),
    'src/meson_options.txt': "option('answer', type: 'integer', value: 0)\n",
  },
}
