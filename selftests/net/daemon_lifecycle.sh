#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The sipfast authors
#
# The daemon comes and goes on the ordinary router: what it adds is there while
# it serves and gone when it has ended; one that was killed is cleared up after
# by the next; and it waits for an address that the internet can reach.

# shellcheck disable=SC2317 # the functions are called by ktap_test
here=$(realpath "$(dirname "$0")")
# shellcheck source=../lib/ktap.sh
. "$here/../lib/ktap.sh"
# shellcheck source=../lib/netns.sh
. "$here/../lib/netns.sh"
# shellcheck source=../lib/gateway.sh
. "$here/../lib/gateway.sh"

[ "$(id -u)" -eq 0 ] || ktap_skip_all "needs root"
gateway_load 2>/dev/null || ktap_skip_all "sipfast.ko cannot be loaded here"

topo_router || ktap_bail "no topology"
GATEWAY_DIR=$(mktemp -d)
at_exit rm -rf "$GATEWAY_DIR"
at_exit gateway_stop

logged()	# TEXT
{
	grep -qF -- "$1" "$GATEWAY_DIR/sipfastd.log"
}

# As in sipfastd(8), without sipfastctl in between
ask()	# COMMAND
{
	echo "{\"command\":\"$1\"}" |
		socat -t 10 - "UNIX-CONNECT:$GATEWAY_DIR/sipfastd.sock"
}

answers()
{
	[ "$(ask version 2>/dev/null | jq .ok)" = true ]
}

serves()
{
	[ "$(ask stats 2>/dev/null | jq -r .result.state)" = serving ]
}

start()
{
	[ -e "$GATEWAY_DIR/sipfastd.conf" ] ||
		gateway_conf "$GATEWAY_DIR/sipfastd.conf"
	ip netns exec "$NS_GW" "$SIPFASTD" -c "$GATEWAY_DIR/sipfastd.conf" \
		>"$GATEWAY_DIR/sipfastd.log" 2>&1 </dev/null &
	GATEWAY_PID=$!
	wait_for 20 answers
}

# What the gateway had before
router_rules()
{
	in_gw nft list table inet router
}

devices()
{
	in_gw "$SIPFASTCTL" -j device list | jq -r '.[].ifname' | sort |
		paste -sd ' '
}

pinholes()
{
	in_gw "$SIPFASTCTL" -j pinhole list | jq 'length'
}

second_is_refused()
{
	! ip netns exec "$NS_GW" timeout 20 "$SIPFASTD" \
		-c "$GATEWAY_DIR/sipfastd.conf" >"$GATEWAY_DIR/second.log" 2>&1 &&
		grep -qF "another sipfastd is running" "$GATEWAY_DIR/second.log"
}

ktap_plan 20
before=$(router_rules)

ktap_test "it starts" start
ktap_test "it serves" wait_for 10 serves
ktap_test "its table is there" in_gw nft list table inet sipfast
ktap_equal "its devices are attached" "br-lan wan0" "$(devices)"
ktap_equal "pinholes let the phones' SIP in, by UDP and TCP" 2 "$(pinholes)"
ktap_equal "the user's rules are as they were" "$before" "$(router_rules)"
ktap_test "a second one is refused" second_is_refused
ktap_test "the first serves on" serves

kill -HUP "$GATEWAY_PID"
ktap_test "SIGHUP checks the configuration" \
	wait_for 5 logged "a restart lets it take effect"

gateway_stop
ktap_equal "it ends without an error" 0 "$GATEWAY_STATUS"
ktap_equal "nothing is left behind" "" "$(gateway_leftovers)"

start
wait_for 10 serves
gateway_kill
ktap_fails "the table of one that was killed is gone" \
	in_gw nft list table inet sipfast
start
ktap_test "the next one serves" wait_for 10 serves
gateway_stop
ktap_equal "and leaves nothing of both behind" "" "$(gateway_leftovers)"

# A24: no address, one that is not the internet's, one that is; IPv6 would do
in_gw ip address del "$GW_WAN6/64" dev "$GW_WAN_IF"
in_gw ip address del "$GW_WAN/24" dev "$GW_WAN_IF"
start
ktap_test "without an address it waits" logged "has no address yet"
ktap_fails "and intercepts nothing" in_gw nft list table inet sipfast
in_gw ip address add 100.64.0.2/24 dev "$GW_WAN_IF"
ktap_test "with one of a carrier's NAT it waits, too" \
	wait_for 20 logged "which the internet cannot reach"
in_gw ip address del 100.64.0.2/24 dev "$GW_WAN_IF"
in_gw ip address add "$GW_WAN/24" dev "$GW_WAN_IF"
ktap_test "with one of the internet's it serves" wait_for 20 serves
in_gw ip address del "$GW_WAN/24" dev "$GW_WAN_IF"
in_gw ip address add 203.0.113.2/24 dev "$GW_WAN_IF"
ktap_test "with another one it serves anew" \
	wait_for 20 logged "serving as 203.0.113.2"
gateway_stop
ktap_equal "and leaves nothing behind" "" "$(gateway_leftovers)"
ktap_end
