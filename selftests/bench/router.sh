#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The sipfast authors
# Needs: sipfast.ko
#
# The router that every network test stands on is what it says it is: it
# carries what the LAN asks for, hides the LAN's addresses, and lets nothing
# in that is new. A test that passes on a router open to all shows nothing.

lib=$(dirname "$0")/../lib
# shellcheck source=../lib/ktap.sh
. "$lib/ktap.sh"
# shellcheck source=../lib/netns.sh
. "$lib/netns.sh"

reach()	# in_phone|in_wan NAME ADDRESS
{
	"$1" "$2" ping -q -c 1 -W 2 "$3"
}

# A datagram from the LAN shows up at s with the gateway's address.
seen_source()	# LISTEN-ADDRESS
{
	local out pid

	out=$(mktemp)
	in_wan s timeout 20 socat -u "UDP-RECVFROM:7000,bind=$1" \
		"SYSTEM:echo \$SOCAT_PEERADDR" >"$out" 2>/dev/null &
	pid=$!
	wait_port "$(ns_of s)" udp 7000
	echo hello | in_phone p socat -u - "UDP:$1:7000"
	wait $pid
	cat "$out"
	rm -f "$out"
}

new_from_wan()	# ADDRESS PORT
{
	echo hello | in_wan t socat -u -T 2 - "TCP:$1:$2,connect-timeout=1"
}

topo_router || ktap_bail "the router cannot be built"

ktap_plan 8
ktap_test "a phone reaches the provider" reach in_phone p "$WAN_S"
ktap_test "a phone reaches the provider over IPv6" reach in_phone p "$WAN_S6"
ktap_test "a phone reaches another phone" reach in_phone p "$PHONE_Q"
ktap_equal "the provider sees the gateway, not the phone" "$GW_WAN" \
	"$(seen_source "$WAN_S")"

in_gw socat TCP-LISTEN:7001,fork,reuseaddr EXEC:true >/dev/null 2>&1 &
wait_port "$NS_GW" tcp 7001
ktap_test "the LAN is let into the gateway" \
	in_phone p socat -u -T 2 OPEN:/dev/null "TCP:$GW_LAN:7001,connect-timeout=5"
ktap_fails "the WAN is not let into the gateway" new_from_wan "$GW_WAN" 7001

in_phone p socat TCP-LISTEN:7002,fork,reuseaddr EXEC:true >/dev/null 2>&1 &
wait_port "$(ns_of p)" tcp 7002
ip -n "$(ns_of t)" route add 192.168.1.0/24 via "$GW_WAN"
ktap_test "a phone takes connections" \
	in_phone q socat -u -T 2 OPEN:/dev/null "TCP:$PHONE_P:7002,connect-timeout=5"
ktap_fails "the WAN is not let through to a phone" new_from_wan "$PHONE_P" 7002
ktap_end
