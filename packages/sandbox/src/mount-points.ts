import { type Guest, SECRETS_DIRECTORY } from './types.ts'

// bubblewrap makes mount points before it enters the guest's root, while the host's is still at hand, and follows links that
// earlier commands left on the way: it would make directories of the host. So a mount point is walked first, where the guest
// is seen as bubblewrap will see it; links that stay inside are fine. No other command runs in the guest meanwhile.
const SCRIPT = `root=$1; shift
refuse() { echo "the guest's $1 leads out of it: nothing is mounted there" >&2; exit 125; }
walk() {
  path=$root; rest=$1; links=0
  while [ -n "$rest" ]; do
    part=\${rest%%/*}
    case $rest in */*) rest=\${rest#*/} ;; *) rest= ;; esac
    case $part in
      ''|.) continue ;;
      ..) [ "$path" != "$root" ] || refuse "$1"; path=\${path%/*}; continue ;;
    esac
    if [ -L "$path/$part" ]; then
      links=$((links + 1)); [ $links -le 40 ] || refuse "$1"
      target=$(readlink -n "$path/$part"; echo x); target=\${target%x}
      case $target in /*) refuse "$1" ;; esac
      rest=$target/$rest
    else
      path=$path/$part
    fi
  done
}
while [ "$1" != -- ]; do walk "$1"; shift; done
shift
exec "$@"`

const OWN_MOUNTS = ['/dev', '/proc', '/sys', SECRETS_DIRECTORY]

/**
 * A command line that becomes `command` unless a mount point of the guest would lie outside of its root; then it says which on
 * standard error and ends with status 125.
 */
export function withMountPoints(
  { root, mounts }: Pick<Guest, 'root' | 'mounts'>,
  command: readonly string[],
): string[] {
  const targets = [...mounts.map(({ target }) => target), ...OWN_MOUNTS]
  return ['/bin/sh', '-c', SCRIPT, 'sh', root, ...targets, '--', ...command]
}
