#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The sipfast authors
#
# D08: a rule assigns the kernel's own helper "sip" to our ports. It would drop
# an INVITE whose c= is a name; it sees nothing of what is served.

here=$(dirname "$0")
# shellcheck source=../lib/ktap.sh
. "$here/../lib/ktap.sh"
# shellcheck source=../lib/netns.sh
. "$here/../lib/netns.sh"
# shellcheck source=../lib/gateway.sh
. "$here/../lib/gateway.sh"
# shellcheck source=../lib/message.sh
. "$here/../lib/message.sh"

invite()	# SENDER
{
	sed 's/$/\r/' <<-SIP
		INVITE sip:bob@$WAN_S SIP/2.0
		Via: SIP/2.0/UDP $1;rport;branch=z9hG4bKhelper
		From: <sip:alice@example.com>;tag=a
		To: <sip:bob@example.com>
		Call-ID: helper
		CSeq: 1 INVITE
		Contact: <sip:alice@$1>
		Content-Type: application/sdp
		Content-Length: 96

		v=0
		o=- 1 1 IN IP4 phone.example
		s=-
		c=IN IP4 phone.example
		t=0 0
		m=audio 40000 RTP/AVP 8
	SIP
}

served()
{
	invite "$PHONE_P:5060" | message_send p "$PHONE_P:5060" s "$WAN_S:5060"
	invite "$GW_WAN:5060" | cmp - "$MESSAGE_DIR/got"
}

GATEWAY_DIR=$(mktemp -d)
topo_router || ktap_bail "the router cannot be built"
at_exit rm -rf "$GATEWAY_DIR" "$MESSAGE_DIR"
at_exit gateway_stop
modprobe nf_conntrack_sip 2>/dev/null || ktap_skip_all "needs nf_conntrack_sip"
gateway_load || ktap_bail "the module does not load"
in_gw nft -f - <<-NFT || ktap_skip_all "the helper cannot be assigned"
	table inet helpers {
		ct helper voice { type "sip" protocol udp; }
		chain assign {
			type filter hook prerouting priority filter
			udp dport 5060 ct helper set "voice"
		}
	}
NFT

ktap_plan 5
# shellcheck disable=SC2119 # no options
ktap_test "sipfastd starts" gateway_start
ktap_equal "the helper is mentioned once" 1 "$(grep -c \
	'helpers, chain assign, handle .* assigns the helper "sip"' \
	"$GATEWAY_DIR/sipfastd.log")"
ktap_test "an INVITE that the helper would drop passes" served
ktap_test "the phone is reached" message_reaches \
	p "$PHONE_P:5060" s "$GW_WAN:5060" "$WAN_S:5060"
gateway_stop
ktap_equal "nothing was left behind" "" "$(gateway_leftovers)"
ktap_end
