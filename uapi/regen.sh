#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The sipfast authors
#
# Writes the code that the netlink specification stands for: the uapi header,
# and the module's policies and table of operations. All three are committed.
#
#	uapi/regen.sh [DIR]	below DIR instead of this checkout
#
# The generator is the kernel's. It looks for the protocol's schema beside the
# directory of the specification, and for a MAINTAINERS above it: so all of it
# is staged in a tree that looks like a kernel's.

set -euo pipefail

top=$(realpath "$(dirname "$0")/..")
out=${1:-$top}
spec=Documentation/netlink/specs/sipfast.yaml

kernel=$("$top/scripts/kernel.sh" source-tools)
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT

mkdir -p "$stage/Documentation/netlink/specs" "$stage/tools/net"
cp "$kernel"/Documentation/netlink/*.yaml "$stage/Documentation/netlink"
cp -r "$kernel/tools/net/ynl" "$stage/tools/net"
cp "$kernel/MAINTAINERS" "$stage"
cp "$top/$spec" "$stage/$spec"

# python3 of the distribution: that is the one python3-yaml belongs to.
generate()	# MODE header|source FILE
{
	(cd "$stage" && /usr/bin/python3 tools/net/ynl/ynl-gen-c.py \
		--mode "$1" "--$2" --spec "$spec" -o "$stage/${3##*/}")
	mkdir -p "$(dirname "$out/$3")"
	sed 's/[ \t]*$//' "$stage/${3##*/}" >"$out/$3"
}

generate uapi header uapi/linux/sipfast.h
generate kernel header kmod/netlink_gen.h
generate kernel source kmod/netlink_gen.c
