#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The sipfast authors
#
# A24, D16: an uplink behind a provider's NAT (100.64/10), and nobody has said
# what the world sees. Phones would hide behind another wrong address: what
# leaves by it is left alone, which is said once. The other uplink is served.

here=$(dirname "$0")
# shellcheck source=../lib/ktap.sh
. "$here/../lib/ktap.sh"
# shellcheck source=../lib/netns.sh
. "$here/../lib/netns.sh"
# shellcheck source=../lib/gateway.sh
. "$here/../lib/gateway.sh"
# shellcheck source=../lib/message.sh
. "$here/../lib/message.sh"

WAN_U=100.64.0.10	GW_WAN2=100.64.0.1

add_uplink()
{
	ns_new u
	ip -n "$NS_GW" link add wan1 type veth peer name eth0 netns "$NS_NEW"
	ip -n "$NS_GW" address add "$GW_WAN2/24" dev wan1
	ip -n "$NS_GW" link set wan1 up
	ip -n "$NS_NEW" address add "$WAN_U/24" dev eth0
	ip -n "$NS_NEW" link set eth0 up
	in_gw nft add rule inet router postrouting oifname wan1 masquerade &&
		wait_for 20 in_wan u ping -q -c 1 -W 1 "$GW_WAN2" >/dev/null
}

warnings()
{
	grep -c "wan1 has $GW_WAN2, which the internet cannot reach" \
		"$GATEWAY_DIR/sipfastd.log"
}

conf()	# WHAT THE SECOND UPLINK HAS
{
	cat >"$GATEWAY_DIR/sipfastd.conf" <<-CONF
		lan "$GW_LAN_IF" { }
		wan "$GW_WAN_IF" { }
		wan "wan1" { $1 }
		state = "$GATEWAY_DIR/sipfastd.db"
		control-socket = "$GATEWAY_DIR/sipfastd.sock"
	CONF
}

external_named()
{
	message_options "$PHONE_P:5060" "$WAN_U:5060" |
		message_send p "$PHONE_P:5060" u "$WAN_U:5060"
	message_from "$GW_WAN2:5060" &&
		message_options "198.51.100.1:5060" "$WAN_U:5060" |
			cmp - "$MESSAGE_DIR/got"
}

GATEWAY_DIR=$(mktemp -d)
topo_router || ktap_bail "the router cannot be built"
at_exit rm -rf "$GATEWAY_DIR" "$MESSAGE_DIR"
at_exit gateway_stop
add_uplink || ktap_bail "no second uplink"
gateway_load || ktap_bail "the module does not load"

ktap_plan 6
conf ""
# shellcheck disable=SC2119 # no options
ktap_test "sipfastd starts" gateway_start
ktap_test "what leaves by the private WAN is left to plain NAT" message_alone \
	p "$PHONE_P:5060" u "$WAN_U:5060" "$GW_WAN2:5060"
ktap_test "by the other it is mapped" message_mapped \
	p "$PHONE_P:5060" s "$WAN_S:5060" "$GW_WAN:5060"
ktap_equal "it was said once" 1 "$(warnings)"
gateway_stop

conf 'external-address = "198.51.100.1"'
# shellcheck disable=SC2119 # no options
ktap_test "with the external address it starts" gateway_start
ktap_test "and the world is told that one" external_named
ktap_end
