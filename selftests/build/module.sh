#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The sipfast authors
#
# Builds the module of this checkout in a directory of its own, so that
# several kernels can be built for side by side and none beside the sources.
#
#	selftests/build/module.sh KDIR DIR [VARIABLE=VALUE]...
#
# The module is DIR/kmod/sipfast.ko afterwards.

set -euo pipefail

top=$(realpath "$(dirname "$0")/../..")
kdir=$1
dir=$2
shift 2

mkdir -p "$dir"
dir=$(realpath "$dir")
rm -rf "${dir:?}"/{Kbuild,kmod,uapi}
mkdir "$dir/kmod"
cp -a "$top/Kbuild" "$top/uapi" "$dir"
(cd "$top/kmod" && find . \( -name '*.[ch]' -o -name Kbuild \) ! -name '*.mod.c' \
	-exec cp -a --parents -t "$dir/kmod" {} +)
make --no-print-directory -C "$kdir" M="$dir" "$@" modules
