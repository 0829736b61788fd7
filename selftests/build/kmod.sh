#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Timeout: 900
# Copyright (C) 2026 The sipfast authors
#
# The module builds for every kernel that is supported, and neither the
# compiler (W=1) nor sparse, which checks byte order and RCU, has a remark.

here=$(dirname "$0")
# shellcheck source=selftests/lib/ktap.sh
. "$here/../lib/ktap.sh"

kernel=$here/../../scripts/kernel.sh
kernels="6.1 6.12"

build()	# SERIES
{
	local kdir

	kdir=$("$kernel" headers "$1") || return
	"$here/module.sh" "$kdir" "$dir/$1" -j2 W=1 C=1 \
		CF=-D__CHECK_ENDIAN__ >"$dir/$1.log" 2>&1
}

# kbuild grumbles about the vmlinux and the compiler it does not have; the
# rest is ours.
remarks()	# SERIES
{
	! grep -E 'warning:|error:|WARNING:|ERROR:' "$dir/$1.log" |
		grep -v -e 'compiler differs from' -e 'Skipping BTF' -e vmlinux
}

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

[ -e "$here/../../kmod/Kbuild" ] || ktap_bail "there is no module"
ktap_plan 4
for series in $kernels; do
	ktap_test "sipfast.ko builds for Linux $series" build "$series"
	if [ -e "$dir/$series/kmod/sipfast.ko" ]; then
		ktap_test "without a remark, Linux $series" remarks "$series"
	else
		tail -n 40 "$dir/$series.log" | sed 's/^/# /'
		ktap_fail "without a remark, Linux $series"
	fi
done
ktap_end
