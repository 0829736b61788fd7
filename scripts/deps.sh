#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The sipfast authors
#
# Installs what is missing to build, test and show sipfast, with apt, as root
# or through sudo; says so before, and says nothing when nothing is missing.
# A service that comes with a package is not left running.
#
#	scripts/deps.sh [build|check|bench|demo]...	all of them unless told
#	scripts/deps.sh --list [build|check|bench|demo]...

set -euo pipefail

# shellcheck disable=SC2034 # read by name
{
build=(
	build-essential pkg-config kmod libelf-dev
	libmnl-dev libnftnl-dev libconfuse-dev libjansson-dev libosip2-dev
	libevent-dev libsqlite3-dev libsystemd-dev uthash-dev
)
# A kernel to boot, and a network to test in.
machine=(
	qemu-system-x86 busybox-static cpio xz-utils zstd util-linux
	iproute2 ethtool nftables iputils-ping socat tcpdump tshark jq procps
	python3 perl
)
# A kernel to build.
kernel=(
	flex bison bc libelf-dev cpio xz-utils
)
check=(
	"${machine[@]}" "${kernel[@]}"
	libcmocka-dev clang sparse shellcheck yamllint codespell valgrind
	python3-yaml python3-jsonschema conntrack dwarves mandoc sqlite3
	sip-tester kamailio baresip-core
	iptables ufw firewalld dbus-daemon systemd dkms
	linux-perf bpftrace
)
bench=(
	"${machine[@]}"
	conntrack
)
demo=(
	"${machine[@]}"
	kamailio baresip-core
)
}

list=
parts=()
for word; do
	case $word in
	--list)
		list=yes
		;;
	build|check|bench|demo)
		parts+=("$word")
		;;
	*)
		echo "usage: scripts/deps.sh [--list] [build|check|bench|demo]..." >&2
		exit 2
		;;
	esac
done
[ ${#parts[@]} -gt 0 ] || parts=(build check bench demo)

wanted()
{
	local part packages

	for part in "${parts[@]}"; do
		declare -n packages=$part
		printf '%s\n' "${packages[@]}"
	done | sort -u
}

missing()
{
	local package

	wanted | while read -r package; do
		case $(dpkg-query -W -f '${Status}' "$package" 2>/dev/null) in
		*" installed") ;;
		*) echo "$package" ;;
		esac
	done
}

if [ -n "$list" ]; then
	wanted
	exit
fi

if ! command -v apt-get >/dev/null; then
	echo "This is no Debian: please see to what these packages stand for:"
	wanted | fmt -w 72 | sed 's/^/    /'
	exit
fi

mapfile -t packages < <(missing)
[ ${#packages[@]} -gt 0 ] || exit 0

sudo=()
if [ "$(id -u)" -ne 0 ]; then
	if ! command -v sudo >/dev/null; then
		echo "As root, please: apt-get install ${packages[*]}" >&2
		exit 1
	fi
	sudo=(sudo)
fi

echo "Installing what is missing:"
printf '%s\n' "${packages[@]}" | fmt -w 72 | sed 's/^/    /'
"${sudo[@]}" apt-get -qq update
# These are wanted as programs; their Debian packages start them as services.
services=()
for package in "${packages[@]}"; do
	case $package in
	kamailio|firewalld|ufw)
		[ ! -d /run/systemd/system ] || services+=("$package")
		;;
	esac
done
[ ${#services[@]} -eq 0 ] ||
	"${sudo[@]}" systemctl --quiet --runtime mask "${services[@]}"
"${sudo[@]}" env DEBIAN_FRONTEND=noninteractive \
	apt-get -qq -o Dpkg::Use-Pty=0 install --no-install-recommends \
	"${packages[@]}" >/dev/null
if [ ${#services[@]} -gt 0 ]; then
	"${sudo[@]}" systemctl --quiet disable "${services[@]}"
	"${sudo[@]}" systemctl --quiet --runtime unmask "${services[@]}"
fi
