const NAMES = [
  'chown dac_override dac_read_search fowner fsetid kill setgid setuid setpcap linux_immutable net_bind_service',
  'net_broadcast net_admin net_raw ipc_lock ipc_owner sys_module sys_rawio sys_chroot sys_ptrace sys_pacct sys_admin',
  'sys_boot sys_nice sys_resource sys_time sys_tty_config mknod lease audit_write audit_control setfcap mac_override',
  'mac_admin syslog wake_alarm block_suspend audit_read perfmon bpf checkpoint_restore',
].flatMap((line) => line.split(' '))

export const CAPABILITY = 'security.capability'

/**
 * Text of a `security.capability` attribute in hex, as `getcap` prints it: `cap_net_raw,cap_setuid=ep`
 * (`struct vfs_ns_cap_data` of linux/capability.h). What cannot be read is shown as it is.
 */
export function capabilitiesText(value: string): string {
  const bytes = Buffer.from(value, 'hex')
  if (bytes.length < 12) return `0x${value}`
  const magic = bytes.readUInt32LE(0)
  const words = magic >>> 24 === 1 ? 1 : 2
  if (bytes.length < 4 + words * 8) return `0x${value}`
  const effective = (magic & 1) === 1 ? 'e' : ''
  const groups = new Map<string, string[]>()
  for (let bit = 0; bit < words * 32; bit++) {
    const at = 4 + (bit >> 5) * 8
    const has = (offset: number) => ((bytes.readUInt32LE(at + offset) >>> (bit & 31)) & 1) === 1
    const flags = `${has(0) || has(4) ? effective : ''}${has(4) ? 'i' : ''}${has(0) ? 'p' : ''}`
    if (!has(0) && !has(4)) continue
    groups.set(flags, [...(groups.get(flags) ?? []), `cap_${NAMES[bit] ?? bit}`])
  }
  return [...groups].map(([flags, names]) => `${names.join(',')}=${flags}`).join(' ') || '='
}
