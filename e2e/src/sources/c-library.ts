import type { Source } from '../build-recipe.ts'

const split = (name: string, uses: string, input = {}) => ({
  name: `clib-${name}`,
  pipeline: [{ uses: `split/${uses}`, with: input }],
})

/** A library and a program with autotools, without a configure script, split into eight packages. */
export const C_LIBRARY: Source = {
  name: 'clib',
  recipe: {
    environment: { contents: { packages: ['build-base', 'busybox'] } },
    pipeline: [
      { uses: 'autoconf/configure', with: { opts: '--enable-static \\\n  CFLAGS="-g -O2"' } },
      { uses: 'autoconf/make', with: { targets: 'all' } },
      { uses: 'autoconf/make-install' },
      { runs: 'test -z "$(find ${{targets.destdir}} -name "*.la")"' },
    ],
    subpackages: [
      split('dbg', 'debug'),
      split('static', 'static'),
      split('dev', 'dev'),
      split('libs', 'lib', { patterns: 'clib' }),
      {
        name: 'clib-doc',
        pipeline: [{ uses: 'split/manpages' }, { uses: 'split/infodir' }, { uses: 'split/alldocs' }],
      },
      split('lang', 'locales'),
      { name: 'clib-bin', pipeline: [{ uses: 'split/bin' }, { uses: 'strip' }] },
    ],
  },
  files: {
    'configure.ac': [
      'AC_INIT([clib], [1.0])',
      'AM_INIT_AUTOMAKE([foreign])',
      'AC_PROG_CC',
      'AM_PROG_AR',
      'LT_INIT',
      'AC_CONFIG_FILES([Makefile])',
      'AC_OUTPUT',
      '',
    ].join('\n'),
    'Makefile.am': [
      'lib_LTLIBRARIES = libclib.la',
      'libclib_la_SOURCES = clib.c',
      'include_HEADERS = clib.h',
      'bin_PROGRAMS = clib-tool',
      'clib_tool_SOURCES = tool.c',
      'clib_tool_LDADD = libclib.la',
      'dist_man1_MANS = clib-tool.1',
      'pkgdata_DATA = data',
      'langdir = $(datadir)/locale/de',
      'lang_DATA = de/clib',
      '',
    ].join('\n'),
    'clib.h': 'int clib(int);\n',
    'clib.c': '#include "clib.h"\nint clib(int a) { return a * 2; }\n',
    'tool.c': '#include "clib.h"\nint main(void) { return clib(21) - 42; }\n',
    'clib-tool.1': '.TH clib-tool 1\n',
    data: 'data\n',
    'de/clib': 'hallo\n',
  },
}
