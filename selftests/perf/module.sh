#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The sipfast authors
#
# Builds sf_bench.ko, the benchmark's own module, for the kernel of the virtual
# machine, unless it is there already.
#
#	selftests/perf/module.sh DIR	DIR/sf_bench.ko

set -euo pipefail

here=$(realpath "$(dirname "$0")")
release=$("$here/../../scripts/kernel.sh" release 6.1)
kdir=$("$here/../../scripts/kernel.sh" headers "$release")

mkdir -p "$1"
exec 9>"$1/lock"
flock 9
made_of=$(cd "$here/kmod" && echo "$kdir" && sha256sum Kbuild ./*.[ch])
if [ -e "$1/sf_bench.ko" ] && [ "$(cat "$1/made-of")" = "$made_of" ]; then
	exit
fi
rm -f "$1/made-of"
cp "$here"/kmod/{Kbuild,*.[ch]} "$1"
if ! make --no-print-directory -C "$kdir" M="$(realpath "$1")" "${@:2}" modules \
	>"$1/log" 2>&1 9>&-
then
	cat "$1/log" >&2
	exit 1
fi
echo "$made_of" >"$1/made-of"
