#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The sipfast authors
#
# A25: phones with IPv6. One behind NAT66 has a unique local address, which the
# world cannot answer to: it is mapped, literals in brackets and all. One of a
# routed prefix says the right thing already and passes byte for byte.

here=$(dirname "$0")
# shellcheck source=../lib/ktap.sh
. "$here/../lib/ktap.sh"
# shellcheck source=../lib/netns.sh
. "$here/../lib/netns.sh"
# shellcheck source=../lib/gateway.sh
. "$here/../lib/gateway.sh"
# shellcheck source=../lib/message.sh
. "$here/../lib/message.sh"

ROUTED=2001:db8:2::/64	GW_ROUTED=2001:db8:2::1	PHONE_R6=2001:db8:2::10

# The provider of the uplink routes a prefix here; NAT66 is for the others.
add_routed_prefix()
{
	ip -n "$NS_GW" address add "$GW_ROUTED/64" dev "$GW_LAN_IF" nodad
	ip -n "$(ns_of q)" address add "$PHONE_R6/64" dev eth0 nodad
	ip -n "$(ns_of s)" route add "$ROUTED" via "$GW_WAN6"
	in_gw nft -f - <<-NFT
		flush chain inet router postrouting
		table inet router {
			chain postrouting {
				meta nfproto ipv4 oifname "$GW_WAN_IF" masquerade
				ip6 saddr fc00::/7 oifname "$GW_WAN_IF" masquerade
			}
		}
	NFT
}

tracked()	# SOURCE
{
	in_gw conntrack -L -f ipv6 -p udp -s "$1" 2>/dev/null | grep -q 5060
}

GATEWAY_DIR=$(mktemp -d)
topo_router || ktap_bail "the router cannot be built"
at_exit rm -rf "$GATEWAY_DIR" "$MESSAGE_DIR"
at_exit gateway_stop
add_routed_prefix || ktap_bail "no routed prefix"
gateway_load || ktap_bail "the module does not load"

ktap_plan 8
# shellcheck disable=SC2119 # no options
ktap_test "sipfastd starts" gateway_start
ktap_test "a phone behind NAT66 is mapped" message_mapped \
	p "[$PHONE_P6]:5060" s "[$WAN_S6]:5060" "[$GW_WAN6]:5060"
ktap_test "and is reached, past an input chain that drops what is new" \
	message_reaches p "[$PHONE_P6]:5060" s "[$GW_WAN6]:5060" "[$WAN_S6]:5060"
ktap_fails "conntrack has not seen it" tracked "$PHONE_P6"
ktap_test "another one has another port" message_mapped \
	p "[$PHONE_P6]:5070" s "[$WAN_S6]:5060" "[$GW_WAN6]:5070"
ktap_test "a phone of a routed prefix is left alone" message_alone \
	q "[$PHONE_R6]:5060" s "[$WAN_S6]:5060"
ktap_test "and so to the stateful firewall" tracked "$PHONE_R6"
gateway_stop
ktap_equal "nothing was left behind" "" "$(gateway_leftovers
	in_gw ip -6 rule list | grep -v -E 'lookup (local|main)$'
	in_gw ip -6 route show table 5060 2>/dev/null)"
ktap_end
