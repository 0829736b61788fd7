#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The sipfast authors
#
# The daemon's command line: what --check says, and that a start that cannot
# succeed says why, ends with an error, and leaves nothing behind.

# shellcheck disable=SC2317 # the functions are called by ktap_test
here=$(realpath "$(dirname "$0")")
top=$(realpath "$here/../..")
# shellcheck source=../lib/ktap.sh
. "$here/../lib/ktap.sh"

sipfastd=${SIPFASTD:-${SIPFAST_BUILD:-$top/build}/sipfastd}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# Run sipfastd: its exit status has to be the first argument, and what it says,
# on either output, has to have the second in it.
ends()	# STATUS TEXT ARGUMENT...
{
	local wanted=$1 text=$2 status=0

	shift 2
	timeout 10 "$sipfastd" "$@" >"$dir/out" 2>&1 </dev/null || status=$?
	cat "$dir/out"
	[ "$status" -eq "$wanted" ] && grep -qF -- "$text" "$dir/out"
}

no_module()
{
	ends 1 "not loaded: modprobe sipfast" -c "$dir/conf" &&
		[ ! -e "$dir/run" ]
}

[ -x "$sipfastd" ] || ktap_skip_all "$sipfastd is not built"

ktap_plan 10
ktap_test "version is said" ends 0 "sipfastd " --version
ktap_test "options are said" ends 0 "--keep-calls" --help
ktap_test "unknown option is refused" ends 2 "usage: sipfastd" --colour
ktap_test "unknown log level is refused" \
	ends 2 "no such log level: loud" --log-level loud
ktap_test "argument is refused" ends 2 "unexpected: now" now
ktap_test "right configuration is said to be so" \
	ends 0 "sipfastd.conf: OK" --check -c "$top/daemon/sipfastd.conf"

cat >"$dir/conf" <<CONF
lan "lan0" { }
dscp = 64
CONF
ktap_test "first mistake is said with its line" \
	ends 1 "$dir/conf:2: dscp: expected" --check -c "$dir/conf"
ktap_test "second mistake is said, too" \
	ends 1 "$dir/conf:3: expected a section wan" --check -c "$dir/conf"
ktap_test "daemon does not start with a mistake" \
	ends 1 "$dir/conf:2: dscp: expected" -c "$dir/conf"

cat >"$dir/conf" <<CONF
lan "lan0" { }
wan "wan0" { }
control-socket = "$dir/run/sock"
CONF
if [ -d /sys/module/sipfast ]; then
	ktap_skip "without the module it does not start" "it is loaded"
else
	ktap_test "without the module it does not start" no_module
fi
ktap_end
