#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The sipfast authors
#
# D07 and issue of ports: a router that forwards ports of ours to a host inside,
# and masquerades to a range that overlaps our pools. Both are named at the
# start; forwarded ports go on to be forwarded, and phones get others.

here=$(dirname "$0")
# shellcheck source=../lib/ktap.sh
. "$here/../lib/ktap.sh"
# shellcheck source=../lib/netns.sh
. "$here/../lib/netns.sh"
# shellcheck source=../lib/gateway.sh
. "$here/../lib/gateway.sh"
# shellcheck source=../lib/message.sh
. "$here/../lib/message.sh"

said()	# TEXT
{
	[ "$(grep -c -- "$1" "$GATEWAY_DIR/sipfastd.log")" -eq 1 ]
}

# What the host of the WAN sends to a port of ours, and which phone gets it.
forwarded()	# PHONE AT
{
	local taker

	rm -f "$MESSAGE_DIR/ready"
	in_phone "$1" "$MESSAGE_TOOL" --timeout 20 take \
		--ready "$MESSAGE_DIR/ready" "$2" >"$MESSAGE_DIR/got" &
	taker=$!
	wait_for 20 test -e "$MESSAGE_DIR/ready"
	echo hello | in_wan t "$MESSAGE_TOOL" send --no-answer \
		"$WAN_T:6000" "$GW_WAN:5060"
	wait "$taker"
}

# As the phone's own port is forwarded, the public one is of the pool.
public_of()	# PHONE-ADDRESS
{
	in_gw "$SIPFASTCTL" --socket "$SIPFAST_SOCKET" -j endpoint list |
		jq -r --arg lan "$1" '.[] | select(.lan.addr4 == $lan) |
			"\(.public.addr4):\(.public.port)"'
}

pool_is_smaller()
{
	in_gw "$SIPFASTCTL" --socket "$SIPFAST_SOCKET" -j stats daemon |
		jq -en 'input | ."media-ports-used" == 51'
}

mapped_by_pool()
{
	local public

	message_options "$PHONE_P:5060" "$WAN_S:5060" |
		message_send p "$PHONE_P:5060" s "$WAN_S:5060"
	public=$(public_of "$PHONE_P")
	case $public in
	"$GW_WAN:5060" | "$GW_WAN:507"*) echo "$public"; return 1 ;;
	esac
	message_from "$public" && message_options "$public" "$WAN_S:5060" |
		cmp - "$MESSAGE_DIR/got" &&
		message_reaches p "$PHONE_P:5060" s "$public" "$WAN_S:5060"
}

GATEWAY_DIR=$(mktemp -d)
topo_router || ktap_bail "the router cannot be built"
at_exit rm -rf "$GATEWAY_DIR" "$MESSAGE_DIR"
at_exit gateway_stop
gateway_load || ktap_bail "the module does not load"
in_gw nft -f - <<-NFT
	table inet forwards {
		chain prerouting {
			type nat hook prerouting priority dstnat
			iifname "$GW_WAN_IF" udp dport { 5060, 5070-5079 } dnat ip to $PHONE_Q
			iifname "$GW_WAN_IF" udp dport 20000-20101 dnat ip to $PHONE_Q
		}
	}
	flush chain inet router postrouting
	table inet router {
		chain postrouting {
			meta nfproto ipv4 meta l4proto udp oifname "$GW_WAN_IF" masquerade to :5000-7000
			oifname "$GW_WAN_IF" masquerade
		}
		chain forward {
			ct status dnat accept
		}
	}
NFT

ktap_plan 9
# shellcheck disable=SC2119 # no options
ktap_test "sipfastd starts" gateway_start
ktap_test "a forwarded port that phones like is named" \
	said "ports 5060-5060 are left to table .* forwards, chain prerouting"
ktap_test "so are those of the signalling pool" \
	said "ports 5070-5079 are left to table .* forwards, chain prerouting"
ktap_test "and those of the media pool" \
	said "ports 20000-20101 are left to table .* forwards, chain prerouting"
ktap_test "which are out of the pool" pool_is_smaller
ktap_test "the range that overlaps is named" \
	said "router, chain postrouting, handle .* translates to ports 5000-7000"
ktap_test "a phone on a forwarded port gets another, both ways" mapped_by_pool
ktap_test "the forwarded port is still forwarded" \
	forwarded q "$PHONE_Q:5060"
gateway_stop
ktap_equal "nothing was left behind" "" "$(gateway_leftovers)"
ktap_end
