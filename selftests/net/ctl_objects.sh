#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The sipfast authors
#
# sipfastctl against the module: devices, pinholes, statistics, version, and what
# monitor tells, in the order in which it happens.

here=$(realpath "$(dirname "$0")")
# shellcheck source=../lib/ktap.sh
. "$here/../lib/ktap.sh"
# shellcheck source=../lib/netns.sh
. "$here/../lib/netns.sh"
# shellcheck source=../lib/gateway.sh
. "$here/../lib/gateway.sh"

[ "$(id -u)" -eq 0 ] || ktap_skip_all "needs root"
gateway_load 2>/dev/null || ktap_skip_all "sipfast.ko cannot be loaded here"

dir=$(mktemp -d)
topo_router || ktap_bail "no topology"
at_exit rm -rf "$dir"

ctl()
{
	in_gw "$SIPFASTCTL" "$@"
}

ends()	# STATUS TEXT ARGUMENT...
{
	local wanted=$1 text=$2 status=0

	shift 2
	ctl "$@" >"$dir/out" 2>"$dir/err" || status=$?
	cat "$dir/out" "$dir/err"
	[ "$status" -eq "$wanted" ] && grep -qF -- "$text" "$dir/err"
}

holds()	# FILTER ARGUMENT...
{
	local filter=$1

	shift
	ctl -j "$@" | jq -en "input | $filter"
}

# The monitor subscribes before it says anything; what it says to a device that
# comes and goes tells that it listens.
monitor_start()	# FILE OPTION...
{
	local file=$1

	shift
	ip netns exec "$NS_GW" "$SIPFASTCTL" "$@" monitor >"$file" 2>&1 &
	monitor=$!
	wait_for 20 monitor_hears "$file"
}

monitor_hears()	# FILE
{
	ctl device add "$GW_WAN_IF" hook pre-routing
	ctl device del "$GW_WAN_IF"
	grep -q device-del "$1"
}

monitor_stop()
{
	kill -TERM "$monitor"
	wait "$monitor"
}

told()	# FILE NAME
{
	grep -q "\"name\":\"$2\"" "$1"
}

ktap_plan 32

ktap_test "version tells the module's" holds \
	'(.module.version | length) > 0 and
	(.module.capabilities | index("relay") != null) and
	.module."max-sessions" > 0' version
ktap_test "and as text" eval "ctl version | grep -q '^  capabilities: relay nat'"

ktap_test "a device is attached" ctl device add "$GW_LAN_IF"
ktap_test "another, at a hook of choice" \
	ctl device add "$GW_WAN_IF" hook pre-routing
ktap_equal "both are listed" '["br-lan","wan0"]' \
	"$(ctl -j device list | jq -c '[.[].ifname] | sort')"
ktap_test "with their hooks" holds \
	'map({(.ifname): .hook}) | add == {"br-lan": "ingress",
		"wan0": "pre-routing"}' device list
ktap_equal "and as text" "wan0 pre-routing" \
	"$(ctl device list | awk '$1 == "wan0" { print $1, $3 }')"
ktap_test "not twice" ends 1 "ifname: " device add "$GW_LAN_IF"
ktap_test "nor one that there is not" ends 1 "ifname: no such device" \
	device add nothing0
ktap_test "nor at a hook that there is not" ends 2 "hook: one of ingress" \
	device add "$GW_LAN_IF" hook egress
ktap_test "it is detached" ctl device del "$GW_WAN_IF"
ktap_test "not twice" ends 1 "ifname: " device del "$GW_WAN_IF"

pinhole=$(ctl pinhole add cookie sip local "$GW_WAN:5060" peer "$WAN_S" \
	peer "$WAN_T:5060" lifetime-ms 60000)
ktap_test "a pinhole is made, and its number said" test "$pinhole" -gt 0
ktap_test "it is as it was given" holds \
	'.local == {"addr4": "203.0.113.1", "port": 5060} and
	.protocol == 17 and ."lifetime-ms" == 60000 and .peer ==
	[{"addr4": "203.0.113.10"}, {"addr4": "203.0.113.20", "port": 5060}]' \
	pinhole show "$pinhole"
ktap_test "one for every address" ctl pinhole add local '*:5062'
ktap_test "both are listed" holds 'length == 2' pinhole list
ktap_equal "and as text" 3 "$(ctl pinhole list | wc -l)"
ktap_test "not twice" ends 1 "local: " pinhole add local "$GW_WAN:5060"
ktap_test "not without a port" ends 1 "local" pinhole add local "$GW_WAN"
ktap_test "it is ended" ctl pinhole del "$pinhole"
ktap_test "not twice" ends 1 "id: no such pinhole" pinhole del "$pinhole"

ktap_test "counters that are 0 are left out" \
	eval "! ctl stats | grep -q 'dropped.rate '"
ktap_test "unless asked for" eval "ctl stats -a | grep -q '^dropped.rate '"
ktap_test "JSON has all" holds '.dropped.rate == 0 and .pinholes == 1' stats
ktap_test "one CPU's" holds '.packets == 0' stats cpu 0
ktap_test "not one that there is not" ends 1 "cpu: " stats cpu 100000

ktap_test "monitor hears" monitor_start "$dir/events" -j
ctl session add cookie heard stream a local "$GW_LAN:20000" \
	remote "$PHONE_P:4000" b local "$GW_WAN:20000" remote "$WAN_S:5000" \
	>/dev/null
ctl session flush heard
ktap_test "of a session's end" \
	wait_for 10 told "$dir/events" session-end-ntf
ktap_test "it ends without an error" monitor_stop
ktap_equal "each line is an event" \
	'session-new-ntf heard null session-end-ntf heard flushed' \
	"$(jq -r 'select(.name | startswith("session")) |
		"\(.name) \(.msg.cookie) \(.msg."end-reason")"' "$dir/events" |
	   paste -sd ' ')"
ktap_test "and as text" monitor_start "$dir/text"
monitor_stop
ktap_test "with name and device" \
	grep -qE '^[0-9:.]+ device-del-ntf ifname wan0' "$dir/text"
ktap_end
