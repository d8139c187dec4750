/** A recipe that shows what steps see and leave, with no compiler: the same package comes out of every runner. */
export const PROBE_RECIPE = `package:
  name: probe
  version: "1.0"
  epoch: 0
  copyright:
    - license: MIT
environment:
  contents:
    packages: [bash, busybox, coreutils]
  environment:
    WORD: from the recipe
pipeline:
  - runs: |
      touch /left-outside
      mkdir -p \${{targets.destdir}}/usr/bin melange-out/probe/etc
      echo "$WORD" > \${{targets.destdir}}/etc/word
      printf '#!/bin/sh\\necho hello\\n' > \${{targets.destdir}}/usr/bin/hello
      chmod 755 \${{targets.destdir}}/usr/bin/hello
      chown 7:8 \${{targets.destdir}}/etc/word
  - working-directory: /home/build/sub dir
    runs: test -e /left-outside && test "$PWD" = "/home/build/sub dir"
`
