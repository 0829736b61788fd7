#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The sipfast authors
#
# The netlink code that is committed is the code the specification stands for.

top=$(realpath "$(dirname "$0")/../..")
# shellcheck source=selftests/lib/ktap.sh
. "$top/selftests/lib/ktap.sh"

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

ktap_plan 4
ktap_test "the specification is accepted" "$top/uapi/regen.sh" "$dir"
for file in uapi/linux/sipfast.h kmod/netlink_gen.h kmod/netlink_gen.c; do
	ktap_test "$file is up to date" diff -u "$top/$file" "$dir/$file"
done
ktap_end
