#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The sipfast authors
#
# The kernel-doc of the module's headers is complete: every argument, every
# member and every return value has its line.

top=$(realpath "$(dirname "$0")/../..")
# shellcheck source=selftests/lib/ktap.sh
. "$top/selftests/lib/ktap.sh"
cd "$top" || exit

kernel=$(scripts/kernel.sh source-tools) || ktap_bail "no kernel source"

documented()	# HEADER
{
	perl "$kernel/scripts/kernel-doc" -none -Werror "$1"
}

mapfile -t headers < <(find kmod -name '*.h' ! -name 'netlink_gen.h' | sort)
[ ${#headers[@]} -gt 0 ] || ktap_bail "there is no module"
ktap_plan ${#headers[@]}
for header in "${headers[@]}"; do
	ktap_test "$header" documented "$header"
done
ktap_end
