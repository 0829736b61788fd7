#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The sipfast authors
#
# Makes rtpengine of the distribution ready to be measured, and prints where:
# the directory holds the root its packages were unpacked in, what they need
# and this machine has not, and its kernel module built for a kernel that can
# be booted. Nothing is installed and no service is started. What is in the
# cache already is used as it is.
#
#	selftests/perf/peers/fetch.sh [SERIES|RELEASE]		6.1 unless told

set -euo pipefail

top=$(realpath "$(dirname "$0")/../../..")
kernel=${1:-6.1}
cache=$("$top/scripts/kernel.sh" cache)
packages=(rtpengine-daemon rtpengine-kernel-dkms rtpengine-iptables iptables)

# The packages themselves, and those of what they depend on that would have
# to be installed; how a module is rebuilt after an upgrade is of no concern.
wanted()
{
	apt-get -s install --no-install-recommends "${packages[@]}" |
		sed -n 's/^Inst \([^ ]*\) .*/\1/p' |
		grep -v -e '^dkms$' -e '^linux-' -e '^dctrl-tools$'
	for package in "${packages[@]}"; do
		echo "$package"
	done
}

download()	# DIR
{
	local list apt=(apt-get -qq)

	[ "$(id -u)" -ne 0 ] || apt+=(-o APT::Sandbox::User=root)
	mapfile -t list < <(wanted | sort -u)
	echo "fetch.sh: downloading ${#list[@]} packages: rtpengine and what" \
		"it needs" >&2
	(cd "$1" && "${apt[@]}" download "${list[@]}" >&2)
}

unpack()	# DIR
{
	local deb

	mkdir -p "$1/root"
	for deb in "$1"/*.deb; do
		dpkg-deb -x "$deb" "$1/root"
		rm "$deb"
	done
}

build_module()	# RELEASE DIR
{
	local source headers

	headers=$("$top/scripts/kernel.sh" headers "$1")
	source=$(echo "$cache"/peers/rtpengine/root/usr/src/rtpengine-*)
	cp -r "$source/." "$2"
	make -s -C "$headers" M="$2" modules >"$2/build.log" 2>&1 ||
		{ tail -n 20 "$2/build.log" >&2; return 1; }
}

mkdir -p "$cache/peers"
exec 9>"$cache/peers/.lock"
flock 9
release=$("$top/scripts/kernel.sh" release "$kernel")
dir=$cache/peers/rtpengine
work=$(mktemp -d "$cache/peers/work.XXXXXX")
trap 'rm -rf "$work"' EXIT

if [ ! -x "$dir/root/usr/bin/rtpengine" ]; then
	download "$work"
	unpack "$work"
	mkdir -p "$dir"
	mv -T "$work/root" "$dir/root"
fi
if [ ! -f "$dir/$release/xt_RTPENGINE.ko" ]; then
	mkdir "$work/module"
	build_module "$release" "$work/module"
	rm -rf "${dir:?}/$release"
	mv -T "$work/module" "$dir/$release"
fi
echo "$dir"
