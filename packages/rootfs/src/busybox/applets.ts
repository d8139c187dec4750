// Applets of busybox 1.36.0 as Alpine configures it, by the directory of their link. Facts of the program, generated once.
export const APPLET_NAMES: Readonly<Record<string, string>> = {
  '/bin': [
    'arch ash base32 base64 bash bbconfig cat chattr chgrp chmod chown conspy cp cpio cttyhack date dd df',
    'dmesg dnsdomainname dumpkmap echo ed egrep false fatattr fdflush fgrep fsync getopt grep gunzip gzip',
    'hostname hush ionice iostat ipcalc kbd_mode kill link linux32 linux64 ln login ls lsattr lzop makemime',
    'minips mkdir mknod mktemp more mount mountpoint mpstat mt mv netstat nice nuke pidof ping ping6',
    'pipe_progress printenv ps pwd reformime resume rev rm rmdir rpm run-parts scriptreplay sed setarch',
    'setpriv setserial sh sleep stat stty su sync tar touch true umount uname uncompress usleep vi watch zcat',
  ].join(' '),
  '/root': ['linuxrc'].join(' '),
  '/sbin': [
    'acpid adjtimex arp blkid blockdev bootchartd depmod devfsd devmem fbsplash fdisk findfs freeramdisk fsck',
    'fsck.minix fstrim getty halt hdparm hwclock ifconfig ifdown ifenslave ifup init inotifyd insmod ip',
    'ipaddr iplink ipneigh iproute iprule iptunnel klogd loadkmap logread losetup lsmod makedevs mdev mkdosfs',
    'mke2fs mkfs.ext2 mkfs.minix mkfs.reiser mkfs.vfat mkswap modinfo modprobe nameif pivot_root poweroff',
    'raidautorun reboot restorecon rmmod route run-init runlevel setconsole setfiles slattach',
    'start-stop-daemon sulogin swapoff swapon switch_root sysctl syslogd tc tunctl tune2fs udhcpc uevent',
    'vconfig watchdog zcip',
  ].join(' '),
  '/usr/bin': [
    '[ [[ ar ascii awk basename bc beep blkdiscard bunzip2 bzcat bzip2 cal chcon chpst chrt chvt cksum clear',
    'cmp comm crc32 crontab cryptpw cut dc deallocvt diff dirname dos2unix dpkg dpkg-deb du dumpleases eject',
    'env envdir envuidgid expand expr factor fallocate fgconsole find flock fold free ftpget ftpput fuser',
    'groups hd head hexdump hexedit hostid id install ipcrm ipcs killall last less logger logname lpq lpr',
    'lsof lspci lsscsi lsusb lzcat lzma lzopcat man md5sum mesg microcom mkfifo mkpasswd nc netcat nl nmeter',
    'nohup nproc nsenter nslookup od openvt passwd paste patch pgrep pkill pmap printf pscan pstree pwdx',
    'readlink realpath renice reset resize rpm2cpio runcon runsv runsvdir rx script seq setfattr setkeycodes',
    'setsid setuidgid sha1sum sha256sum sha3sum sha512sum showkey shred shuf smemcap softlimit sort split',
    'ssl_client strings sum sv svc svok tac tail taskset tcpsvd tee telnet test tftp time timeout top tr',
    'traceroute traceroute6 tree truncate ts tsort tty ttysize udhcpc6 udpsvd unexpand uniq unit unix2dos',
    'unlink unlzma unlzop unshare unxz unzip uptime users uudecode uuencode vlock volname w wall wc wget',
    'which who whoami whois xargs xxd xz xzcat yes',
  ].join(' '),
  '/usr/sbin': [
    'add-shell addgroup adduser arping brctl chat chpasswd chroot crond delgroup deluser dhcprelay dnsd',
    'ether-wake fakeidentd fbset fdformat flash_eraseall flash_lock flash_unlock flashcp fsfreeze ftpd',
    'getenforce getsebool httpd i2cdetect i2cdump i2cget i2cset i2ctransfer ifplugd inetd killall5',
    'load_policy loadfont lpd matchpathcon mim nanddump nandwrite nbd-client nologin ntpd partprobe',
    'popmaildir powertop rdate rdev readahead readprofile remove-shell rfkill rtcwake seedrng selinuxenabled',
    'sendmail sestatus setenforce setfont setlogcons setsebool svlogd telnetd tftpd ubiattach ubidetach',
    'ubimkvol ubirename ubirmvol ubirsvol ubiupdatevol udhcpd',
  ].join(' '),
}

/** Applets of 1.36.0 that the older versions in the table do not have. */
export const MISSING_APPLETS: Readonly<Record<string, readonly string[]>> = {
  '1.32.1': ['/bin/base32', '/usr/bin/ascii', '/usr/bin/crc32', '/usr/bin/tree', '/usr/bin/tsort', '/usr/sbin/seedrng'],
  '1.33.0': ['/usr/bin/ascii', '/usr/bin/crc32', '/usr/bin/tree', '/usr/bin/tsort', '/usr/sbin/seedrng'],
  '1.33.1': ['/usr/bin/ascii', '/usr/bin/crc32', '/usr/bin/tree', '/usr/bin/tsort', '/usr/sbin/seedrng'],
  '1.33.2': ['/usr/bin/ascii', '/usr/bin/crc32', '/usr/bin/tree', '/usr/bin/tsort', '/usr/sbin/seedrng'],
  '1.34.0': ['/bin/bash', '/usr/bin/tree', '/usr/bin/tsort', '/usr/sbin/seedrng'],
  '1.34.1': ['/usr/bin/tree', '/usr/bin/tsort', '/usr/sbin/seedrng'],
  '1.35.0': ['/usr/bin/tree', '/usr/bin/tsort', '/usr/sbin/seedrng'],
  '1.36.0': [],
}
