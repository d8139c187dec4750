import type { Source } from '../build-recipe.ts'

/** Packs a wheel without any package but python's own: nothing can be downloaded in a test. */
const BACKEND = `import os, tarfile, zipfile
INFO = 'hello_wheel-1.0.dist-info/'
def build_sdist(directory, config_settings=None):
    with tarfile.open(os.path.join(directory, 'hello_wheel-1.0.tar.gz'), 'w:gz') as out:
        for name in ('pyproject.toml', 'backend.py', 'hello_wheel'):
            out.add(name, 'hello_wheel-1.0/' + name)
    return 'hello_wheel-1.0.tar.gz'
def build_wheel(directory, config_settings=None, metadata_directory=None):
    files = {
        'hello_wheel/__init__.py': open('hello_wheel/__init__.py').read(),
        INFO + 'METADATA': 'Metadata-Version: 2.1\\nName: hello-wheel\\nVersion: 1.0\\n',
        INFO + 'WHEEL': 'Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n',
    }
    files[INFO + 'RECORD'] = ''.join(name + ',,\\n' for name in [*files, INFO + 'RECORD'])
    with zipfile.ZipFile(os.path.join(directory, 'hello_wheel-1.0-py3-none-any.whl'), 'w') as out:
        for name, text in files.items():
            out.writestr(name, text)
    return 'hello_wheel-1.0-py3-none-any.whl'
`

const PROJECT = `[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
`

/** A module of perl; modules of python as a wheel and the old way; tests that import them. */
export const PERL_AND_PYTHON: Source = {
  name: 'modules',
  recipe: {
    environment: { contents: { packages: ['build-base', 'busybox', 'py3-setuptools', 'python3-venv'] } },
    pipeline: [
      {
        'working-directory': 'perl',
        pipeline: [
          { uses: 'perl/make' },
          { uses: 'autoconf/make' },
          { uses: 'autoconf/make-install' },
          { uses: 'perl/cleanup' },
        ],
      },
      { runs: 'ln -s python3 /usr/bin/python' },
      { 'working-directory': 'setup', pipeline: [{ uses: 'python/build' }, { uses: 'python/install' }] },
      { 'working-directory': 'wheel', pipeline: [{ uses: 'python/build-wheel' }] },
    ],
    test: {
      environment: { contents: { packages: ['busybox', 'python3', 'perl'] } },
      pipeline: [
        {
          uses: 'python/import',
          with: { python: 'python3', imports: 'import hello_setup # the old way\nfrom hello_wheel import word' },
        },
        { uses: 'python/test', with: { command: 'python3 -c "import hello_wheel; print(hello_wheel.word)"' } },
        { runs: 'perl -MHello -e "exit Hello::code()"' },
      ],
    },
  },
  files: {
    'perl/Makefile.PL': 'use ExtUtils::MakeMaker;\nWriteMakefile(NAME => "Hello", VERSION => "1.0");\n',
    'perl/lib/Hello.pm': 'package Hello;\nsub code { 0 }\n1;\n',
    'setup/setup.py':
      'from setuptools import setup\nsetup(name="hello-setup", version="1.0", py_modules=["hello_setup"])\n',
    'setup/hello_setup.py': 'word = "setup"\n',
    'wheel/pyproject.toml': PROJECT,
    'wheel/backend.py': BACKEND,
    'wheel/hello_wheel/__init__.py': 'word = "wheel"\n',
  },
}
