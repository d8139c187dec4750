import type { Row } from '../row.ts'

const OUT = '/home/build/melange-out/s'
const LINK = '-> /var/cache/melange/m2repository'
const EMPTY_SETTINGS = '<settings>\n  <mirrors>\n  </mirrors>\n</settings>\n'
const POMBUMP = 'echo "new $*"'
const NPM = { npm: '' }
const INSTALL = `npm install -g x@1.2 -prefix ${OUT}/usr/`
const X = { package: 'x', version: '1.2' }

export const MAVEN_AND_NPM: readonly Row[] = [
  {
    title: 'no cache, no mirror',
    uses: 'maven/configure-mirror',
    leavesOnly: { '/root/.m2/settings.xml': EMPTY_SETTINGS },
  },
  {
    title: 'the repository lies in the cache',
    uses: 'maven/configure-mirror',
    files: { '/var/cache/melange': 'directory' },
    leavesOnly: {
      '/root/.m2/settings.xml': EMPTY_SETTINGS,
      '/root/.m2/repository': LINK,
      '.m2/repository': LINK,
      '/var/cache/melange/m2repository': 'directory',
    },
  },
  {
    title: 'a repository that is there stays',
    uses: 'maven/configure-mirror',
    files: { '/var/cache/melange': 'directory', '.m2/repository/x': 'x' },
    leaves: { '.m2/repository/x': 'x', '/root/.m2/repository': LINK },
  },
  {
    title: 'a mirror of the environment',
    uses: 'maven/configure-mirror',
    environment: { MAVEN_MIRROR_URL: 'https://mirror.example/maven2/?a=1&b=<' },
    leaves: {
      '/root/.m2/settings.xml': [
        '<settings>',
        '  <mirrors>',
        '    <mirror>',
        '      <id>maven-central-mirror</id>',
        '      <name>Maven Central mirror</name>',
        '      <url>https://mirror.example/maven2/?a=1&amp;b=&lt;</url>',
        '      <mirrorOf>central</mirrorOf>',
        '    </mirror>',
        '  </mirrors>',
        '</settings>',
        '',
      ].join('\n'),
    },
  },
  {
    title: 'nothing to change is still written',
    uses: 'maven/pombump',
    files: { 'pom.xml': 'old' },
    tools: { pombump: POMBUMP },
    ran: ['pombump pom.xml'],
    leavesOnly: { 'pom.xml': 'new pom.xml\n' },
  },
  {
    title: 'files that are there, and words',
    uses: 'maven/pombump',
    with: { dependencies: 'g@a@1 h@b@2', properties: 'p@1' },
    files: {
      'pom.xml': 'old',
      'pombump-deps.yaml': '',
      'pombump-properties.yaml': '',
      '/var/cache/melange': 'directory',
    },
    tools: { pombump: '' },
    ran: [
      'pombump pom.xml --patch-file ./pombump-deps.yaml --properties-file ./pombump-properties.yaml --dependencies g@a@1 h@b@2 --properties p@1',
    ],
    leaves: { '.m2/repository': LINK, '/root/.m2/repository': LINK },
  },
  {
    title: 'other files, the tree and the difference',
    uses: 'maven/pombump',
    with: {
      'patch-file': 'p.yaml',
      'properties-file': 'none.yaml',
      pom: 'sub/pom.xml',
      debug: 'true',
      'show-dependency-tree': 'true',
    },
    files: { 'sub/pom.xml': 'old\n', 'p.yaml': '' },
    tools: { pombump: 'echo new', mvn: 'echo tree' },
    ran: ['mvn dependency:tree', 'pombump sub/pom.xml --patch-file p.yaml'],
    leavesOnly: { 'sub/pom.xml': 'new\n', 'p.yaml': '' },
  },
  {
    title: 'a failure leaves the POM as it was',
    uses: 'maven/pombump',
    files: { 'pom.xml': 'old' },
    tools: { pombump: 'exit 1' },
    ran: ['pombump pom.xml'],
    fails: 1,
    leaves: { 'pom.xml': 'old' },
  },
  {
    title: 'a package below the output tree',
    uses: 'npm/install',
    with: X,
    tools: NPM,
    ran: [INSTALL],
    leavesOnly: {
      'melange-out/s/usr/bin': 'directory',
      'melange-out/s/usr/lib': 'directory',
      '.pnpm/store': 'directory',
    },
  },
  {
    title: 'another prefix, a scoped package, a failure',
    uses: 'npm/install',
    with: { package: '@scope/x', version: '^1', prefix: '/home/build/a b' },
    tools: { npm: 'exit 1' },
    ran: ["npm install -g '@scope/x@^1' -prefix '/home/build/a b'"],
    fails: 1,
  },
  {
    title: 'overrides: comments, commas and lines; scoped names have an empty key',
    uses: 'npm/install',
    with: { ...X, overrides: 'a@1, b@2 # why\n# all\n@s/c@3\n' },
    tools: {
      npm: `if [ "$1" = i ]; then cp package.json /home/build/seen; mkdir -p node_modules; touch package-lock.json node_modules/.package-lock.json node_modules/kept; else mkdir -p ${OUT}/usr/lib/node_modules/old; fi`,
      node: `echo "$OVERRIDES" > /home/build/given; :`,
    },
    ran: [INSTALL, '*node', `[melange-out/s/usr/lib] npm i --install-strategy=shallow .`],
    leaves: {
      seen: '{"dependencies":{"x":"1.2"}}',
      given: 'a@1, b@2 # why\n# all\n@s/c@3\n',
      'melange-out/s/usr/lib/package.json': 'absent',
      'melange-out/s/usr/lib/package-lock.json': 'absent',
      'melange-out/s/usr/lib/node_modules/kept': '',
      'melange-out/s/usr/lib/node_modules/old': 'absent',
      'melange-out/s/usr/lib/node_modules/.package-lock.json': 'absent',
    },
  },
  {
    title: 'pnpm is set up first',
    uses: 'npm/install',
    with: { ...X, 'npm-package': 'pnpm', overrides: 'a@1' },
    tools: { pnpm: '', node: '' },
    ran: [
      'ENV=/etc/profile PNPM_HOME=/home/build/.pnpm/store SHELL=sh pnpm setup',
      `ENV=/etc/profile PNPM_HOME=/home/build/.pnpm/store SHELL=sh pnpm install -g x@1.2 -prefix ${OUT}/usr/`,
      '*node',
      '[melange-out/s/usr/lib] ENV=/etc/profile PNPM_HOME=/home/build/.pnpm/store SHELL=sh pnpm i .',
    ],
  },
  {
    title: 'neither npm nor pnpm',
    uses: 'npm/install',
    with: { ...X, 'npm-package': 'yarn; $(touch bad)' },
    prints: ["Invalid npm-package 'yarn; $(touch bad)'; must be 'npm' or 'pnpm'."],
    fails: 1,
    leavesOnly: {},
  },
]
