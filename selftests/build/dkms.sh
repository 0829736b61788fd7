#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Timeout: 600
# Copyright (C) 2026 The sipfast authors
#
# What `make dkms-install' lays down is all that dkms needs to build and install
# the module for a kernel, in trees of its own, and to take it away again.

here=$(realpath "$(dirname "$0")")
top=$(realpath "$here/../..")
# shellcheck source=selftests/lib/ktap.sh
. "$here/../lib/ktap.sh"

kernel=$top/scripts/kernel.sh

as_dkms()	# VERB [OPTION...]
{
	dkms "$1" "sipfast/$version" -k "$release" -q --no-depmod \
		--kernelsourcedir "$headers" --dkmstree "$dir/tree" \
		--sourcetree "$dir/usr/src" --installtree "$dir/lib" \
		>"$dir/log" 2>&1 || { cat "$dir/log"; return 1; }
}

installed()
{
	find "$dir/lib/$release/updates/dkms" -name 'sipfast.ko*'
}

# It is the kernel's that it was built for, and the version's that it says.
is_module()
{
	modinfo -F vermagic "$(installed)" | grep -q "^$release " &&
		[ "$(modinfo -F version "$(installed)")" = "$version" ]
}

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' "$top/dkms.conf")
headers=$("$kernel" headers 6.1) || ktap_bail "no headers to build with"
release=$(basename "$headers")
release=${release#linux-headers-}
mkdir -p "$dir/tree" "$dir/lib/$release"

ktap_plan 5
ktap_test "the sources are laid down" \
	make -s -C "$top" dkms-install DESTDIR="$dir"
ktap_test "dkms builds and installs them" as_dkms install
ktap_test "what is there is the module" is_module
ktap_test "dkms takes it away" as_dkms remove
ktap_equal "it is gone" "" "$(installed 2>/dev/null)"
ktap_end
