#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The sipfast authors
#
# The service as it is installed, run by a real systemd in the gateway's network:
# the daemon is not root, has the two capabilities of its unit and its sandbox,
# serves, comes back when it is killed, and clears up when it is stopped.

here=$(realpath "$(dirname "$0")")
top=$(realpath "$here/../..")
# shellcheck source=../lib/ktap.sh
. "$here/../lib/ktap.sh"
# shellcheck source=../lib/netns.sh
. "$here/../lib/netns.sh"
# shellcheck source=../lib/gateway.sh
. "$here/../lib/gateway.sh"
# shellcheck source=../lib/message.sh
. "$here/../lib/message.sh"

units=/etc/systemd/sipfast-test
targets="basic sysinit paths slices sockets timers shutdown umount final exit"

# The unit and what it depends on, and nothing else of this machine's.
install_service()
{
	local target

	mkdir -p "$units" /etc/sipfast
	cat >/etc/sipfast/sipfastd.conf <<-CONF
		lan "$GW_LAN_IF" { }
		wan "$GW_WAN_IF" { }
	CONF
	make -s -C "$top/daemon" O="$(dirname "$SIPFASTD")" -o "$SIPFASTD" \
		UNITDIR="$units" install || return
	for target in $targets; do
		cp "/lib/systemd/system/$target.target" "$units/" || return
	done
	# Leaks cannot be looked for by a program that may not trace itself.
	mkdir -p "$units/sipfastd.service.d"
	printf '[Service]\nEnvironment=ASAN_OPTIONS=detect_leaks=0\n' \
		>"$units/sipfastd.service.d/leaks.conf"
}

# As in a container: process 1 of a name space of its own.
systemd_start()
{
	# shellcheck disable=SC2016 # for the shell inside
	ip netns exec "$NS_GW" env -i PATH="$PATH" container=sipfast \
		SYSTEMD_UNIT_PATH="$units" \
		unshare --pid --fork --kill-child --mount bash -c '
			mount -t proc proc /proc &&
			mount -t tmpfs -o mode=755 tmpfs /run &&
			mount -t cgroup2 cgroup2 /sys/fs/cgroup &&
			exec /lib/systemd/systemd --unit=sipfastd.service \
				--show-status=no --log-target=console' \
		>"$dir/systemd.log" 2>&1 </dev/null &
	unshare=$!
	wait_for 20 inside true
}

systemd_stop()
{
	[ -z "${unshare:-}" ] || kill -KILL "$unshare"
	wait "${unshare:-}" 2>/dev/null
}

inside()	# COMMAND...
{
	nsenter -t "$(pgrep -P "$unshare")" --pid --mount --net "$@"
}

service()	# VERB [OPTION...]
{
	inside env -u SYSTEMD_UNIT_PATH systemctl "$@" sipfastd.service
}

main_pid()	# as it is seen out here
{
	pgrep -x sipfastd
}

# What --check or systemd could say of a unit is shown where it does not begin.
is_active()
{
	wait_for 60 service is-active --quiet || {
		cat "$dir/systemd.log"
		return 1
	}
}

status_of()	# NAME
{
	awk -v name="$1:" '$1 == name { print $2 }' "/proc/$(main_pid)/status"
}

not_root()
{
	[ "$(status_of Uid)" -gt 60000 ]
}

# CAP_NET_BIND_SERVICE is 10, CAP_NET_ADMIN 12.
two_capabilities()
{
	[ $((16#$(status_of CapEff))) -eq $((1 << 10 | 1 << 12)) ] &&
		[ "$(status_of NoNewPrivs)" = 1 ] && [ "$(status_of Seccomp)" = 2 ]
}

ctl()	# ARGUMENT...
{
	inside "$SIPFASTCTL" -j "$@"
}

restarted()
{
	local before

	before=$(main_pid)
	kill -KILL "$before"
	wait_for 60 is_another "$before" && is_active
}

is_another()	# PID
{
	[ -n "$(main_pid)" ] && [ "$(main_pid)" != "$1" ]
}

endpoints()
{
	ctl endpoint list | jq -c '.[] | [.lan, .public]'
}

is_known()	# ENDPOINT
{
	[ -n "$1" ] && [ "$(endpoints)" = "$1" ]
}

dir=$(mktemp -d)
topo_router || ktap_bail "the router cannot be built"
at_exit rm -rf "$dir" "$MESSAGE_DIR"
at_exit systemd_stop
gateway_load || ktap_bail "the module does not load"
install_service || ktap_bail "the service cannot be installed"

ktap_plan 11
ktap_test "systemd understands all of the unit" \
	env SYSTEMD_UNIT_PATH="$units" systemd-analyze verify --man=no \
	"$units/sipfastd.service"
ktap_test "a systemd runs in the gateway" systemd_start
ktap_test "the daemon tells it that it serves" is_active
ktap_test "it is not root" not_root
ktap_test "it has two capabilities, and a sandbox" two_capabilities
ktap_test "a phone is mapped" message_mapped \
	p "$PHONE_P:5060" s "$WAN_S:5060" "$GW_WAN:5060"
before=$(endpoints)
ktap_test "when it is killed it comes back" restarted
ktap_test "and knows the phone" is_known "$before"
ktap_test "the phone is mapped again" message_mapped \
	p "$PHONE_P:5060" s "$WAN_S:5060" "$GW_WAN:5060"
ktap_test "it ends when it is told to" service stop
ktap_equal "nothing was left behind" "" "$(gateway_leftovers)"
ktap_end
