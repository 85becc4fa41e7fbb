#!/bin/sh
# Makes the file system below the platform's programs from the Debian packages of packages.txt, in an empty directory.
# Run in Debian; DIRECTORY is the first argument. Scanners find the packages in var/lib/dpkg/status.d.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
tree=$(cd "$1" && pwd)

# As Debian's installation has it: https://wiki.debian.org/UsrMerge
for name in bin sbin lib lib64; do
  mkdir -p "$tree/usr/$name"
  ln -s "usr/$name" "$tree/$name"
done
mkdir -p "$tree/etc" "$tree/dev" "$tree/proc" "$tree/sys" "$tree/run" "$tree/var/lib/dpkg/status.d"
mkdir -m 1777 "$tree/tmp"
ln -s /run "$tree/var/run"
cp -R "$here/files/." "$tree/"

work=$(mktemp -d)
cd "$work"
xargs apt-get download <"$here/packages.txt"
for package in *.deb; do
  # Through the links, which `dpkg-deb -x` would replace.
  dpkg-deb --fsys-tarfile "$package" | tar -x --keep-directory-symlink -C "$tree"
  dpkg-deb --field "$package" >"$tree/var/lib/dpkg/status.d/$(dpkg-deb --field "$package" Package)"
done
cd /
rm -rf "$work"

# The licences stay.
find "$tree/usr/share/doc" -type f ! -name copyright -delete
rm -rf "$tree/usr/share/man" "$tree/usr/share/lintian" "$tree/usr/share/gcc" "$tree/usr/share/gdb" "$tree"/usr/lib/*/gconv
