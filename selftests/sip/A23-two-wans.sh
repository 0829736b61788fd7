#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The sipfast authors
#
# A23, B32, A22: a router with two uplinks, a third that is not there, and a
# tunnel. A message bears the address of the WAN by which it leaves, be that by
# its destination or by a rule for the phone; by the tunnel it leaves as it came.
# When the address of one WAN changes, the other does not notice.

here=$(dirname "$0")
# shellcheck source=../lib/ktap.sh
. "$here/../lib/ktap.sh"
# shellcheck source=../lib/netns.sh
. "$here/../lib/netns.sh"
# shellcheck source=../lib/gateway.sh
. "$here/../lib/gateway.sh"
# shellcheck source=../lib/message.sh
. "$here/../lib/message.sh"

WAN_U=192.0.2.10	GW_WAN2=192.0.2.1	GW_WAN2_NEW=192.0.2.2
WAN_U_FAR=192.0.2.130
TUNNEL_V=10.9.0.10	GW_TUNNEL=10.9.0.1

# A machine at the end of a cable into the gateway.
add_line()	# NAME DEVICE ADDRESS GATEWAY-ADDRESS
{
	ns_new "$1"
	ip -n "$NS_GW" link add "$2" type veth peer name eth0 netns "$NS_NEW"
	ip -n "$NS_GW" address add "$4/25" dev "$2"
	ip -n "$NS_GW" link set "$2" up
	ip -n "$NS_NEW" address add "$3/25" dev eth0
	ip -n "$NS_NEW" link set eth0 up
	ip -n "$NS_NEW" route add default via "$4"
	wait_for 20 in_wan "$1" ping -q -c 1 -W 1 "$4" >/dev/null 2>&1
}

# u's far address is reached by the first WAN, but for q, by a rule of its own.
# What has an address of a WAN leaves by that WAN: every such router says so.
add_uplink()
{
	add_line u wan1 "$WAN_U" "$GW_WAN2" &&
		ip -n "$(ns_of u)" address add "$WAN_U_FAR/32" dev lo &&
		in_gw nft add rule inet router postrouting \
			oifname wan1 masquerade &&
		ip -n "$NS_GW" -batch - <<-IP
			route add default via $WAN_S
			route add $WAN_U_FAR via $WAN_U dev wan1 table 100
			rule add from $PHONE_Q lookup 100 preference 100
			rule add from $GW_WAN2 lookup 100 preference 101
		IP
}

serves_as()	# ADDRESS
{
	tail -n 1 "$GATEWAY_DIR/sipfastd.log" | grep -q "serving as .*$1"
}

serves_no_more_as()	# ADDRESS
{
	tail -n 1 "$GATEWAY_DIR/sipfastd.log" | grep "serving as" |
		grep -qvF "$1"
}

# In two steps, each of which is seen: a change that is seen at once takes the
# phones along (D10).
wan_moves()
{
	ip -n "$NS_GW" address del "$GW_WAN2/25" dev wan1
	wait_for 60 serves_no_more_as "$GW_WAN2" || return
	ip -n "$NS_GW" address add "$GW_WAN2_NEW/25" dev wan1
	wait_for 60 serves_as "$GW_WAN2_NEW"
}

endpoints()
{
	in_gw "$SIPFASTCTL" --socket "$SIPFAST_SOCKET" -j endpoint list |
		jq -c '[.[] | .public.addr4] | sort'
}

GATEWAY_DIR=$(mktemp -d)
topo_router || ktap_bail "the router cannot be built"
at_exit rm -rf "$GATEWAY_DIR" "$MESSAGE_DIR"
at_exit gateway_stop
add_uplink || ktap_bail "no second uplink"
add_line v tun0 "$TUNNEL_V" "$GW_TUNNEL" || ktap_bail "no tunnel"
ip -n "$(ns_of v)" route add 192.168.1.0/24 via "$GW_TUNNEL"
gateway_load || ktap_bail "the module does not load"
cat >"$GATEWAY_DIR/sipfastd.conf" <<-CONF
	lan "$GW_LAN_IF" { }
	wan "$GW_WAN_IF" { }
	wan "wan1" { }
	wan "wan2" { }
	state = "$GATEWAY_DIR/sipfastd.db"
	control-socket = "$GATEWAY_DIR/sipfastd.sock"
CONF

ktap_plan 12
# shellcheck disable=SC2119 # no options
ktap_test "sipfastd starts, though one WAN is not there" gateway_start
ktap_test "to a server behind the first WAN with its address" message_mapped \
	p "$PHONE_P:5060" s "$WAN_S:5060" "$GW_WAN:5060"
ktap_test "to one behind the second with that one's" message_mapped \
	p "$PHONE_P:5060" u "$WAN_U:5060" "$GW_WAN2:5060"
ktap_equal "it is an endpoint at each" "[\"$GW_WAN2\",\"$GW_WAN\"]" \
	"$(endpoints)"
ktap_test "and is reached by the second as well" message_reaches \
	p "$PHONE_P:5060" u "$GW_WAN2:5060" "$WAN_U:5060"
ktap_test "a rule for the phone has its say" message_mapped \
	q "$PHONE_Q:5070" u "$WAN_U_FAR:5060" "$GW_WAN2:5070"
ktap_test "by the tunnel it leaves as it came" message_alone \
	p "$PHONE_P:5060" v "$TUNNEL_V:5060"
ktap_test "the second WAN has another address" wan_moves
ktap_equal "what stood on the old one has ended, what stands on the other not" \
	"[\"$GW_WAN\"]" "$(endpoints)"
ktap_test "the new one is told from now on" message_mapped \
	p "$PHONE_P:5060" u "$WAN_U:5060" "$GW_WAN2_NEW:5060"
ktap_test "the first WAN is as it was" message_reaches \
	p "$PHONE_P:5060" s "$GW_WAN:5060" "$WAN_S:5060"
gateway_stop
ktap_equal "nothing was left behind" "" "$(gateway_leftovers |
	grep -v 'lookup 100')"
ktap_end
