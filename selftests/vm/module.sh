#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The sipfast authors
#
# Builds the module for the kernel that the tests will meet: the running one
# where it takes modules and its headers are here, else the virtual machine's;
# or for the one that is named, see scripts/kernel.sh.
# A module that is there already stays, if it was built of the same sources.
#
#	selftests/vm/module.sh DIR [KERNEL]	DIR/kmod/sipfast.ko

set -euo pipefail

top=$(realpath "$(dirname "$0")/../..")
kdir=/lib/modules/$(uname -r)/build

if [ $# -gt 1 ] || [ "$(id -u)" -ne 0 ] || [ ! -e /proc/modules ] ||
   [ ! -e "$kdir" ]; then
	release=$("$top/scripts/kernel.sh" image "${2:-6.1}")
	release=$(basename "$release")
	kdir=$("$top/scripts/kernel.sh" headers "$release")
fi

mkdir -p "$1"
exec 9>"$1/lock"
flock 9
sources=$(cd "$top" && find Kbuild kmod uapi \
	\( -name Kbuild -o -name '*.[ch]' \) ! -name '*.mod.c' \
	-exec sha256sum {} + | sort)
made_of=$(sha256sum <<<"$kdir $sources")
if [ -e "$1/kmod/sipfast.ko" ] && [ "$(cat "$1/made-of")" = "$made_of" ]; then
	exit
fi
rm -f "$1/made-of"
if ! "$top/selftests/build/module.sh" "$kdir" "$1" -j2 >"$1/log" 2>&1 9>&-
then
	cat "$1/log" >&2
	exit 1
fi
echo "$made_of" >"$1/made-of"
