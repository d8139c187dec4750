import type { EnvironmentSpec } from './spec.ts'

/** Environment variables that both programs read. */
export const COMMON_ENVIRONMENT: readonly EnvironmentSpec[] = [
  { names: 'NO_COLOR', description: 'no colours when set to anything' },
  { names: 'HOME, XDG_CACHE_HOME', description: 'where the cache is: $XDG_CACHE_HOME, else ~/.cache' },
  { names: 'NODE_DISABLE_COMPILE_CACHE', description: 'when set, no compiled code of the program is kept or used' },
  { names: 'TMPDIR', description: 'directory for what is needed only while a command runs (default /tmp)' },
  { names: 'PATH', description: 'where other programs are looked for' },
  { names: 'HTTP_PROXY, HTTPS_PROXY', description: 'proxies for http and https; lower case wins' },
  { names: 'NO_PROXY', description: 'hosts, domains and address ranges reached without a proxy; * for all' },
  { names: 'SSL_CERT_FILE', description: 'certificates of authorities to trust, instead of the system’s' },
  { names: 'NODE_EXTRA_CA_CERTS', description: 'certificates of further authorities to trust' },
  { names: 'HTTP_AUTH', description: 'basic:HOST[:PORT]:USER:PASSWORD for a host of repositories' },
  { names: 'NETRC', description: 'file with user names and passwords of hosts (default ~/.netrc)' },
  {
    names: 'DOCKER_CONFIG',
    description: 'directory of config.json with credentials of registries (default ~/.docker)',
  },
  { names: 'REGISTRY_AUTH_FILE', description: 'further file with credentials of registries' },
  { names: 'XDG_RUNTIME_DIR, XDG_CONFIG_HOME', description: 'directories whose containers/auth.json has further ones' },
  { names: 'GITHUB_TOKEN, GITHUB_ACTOR', description: 'credentials for ghcr.io when no file has any' },
  { names: 'DOCKER_HOST', description: 'socket or address of the engine, docker’s or podman’s' },
]
