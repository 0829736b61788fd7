#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The sipfast authors
#
# C27: a call over IPv6 through NAT66, with Kamailio and baresip; audio both ways
# in the kernel, and no LAN address outside. And SDP of the other family, which
# is nobody's to rewrite.

here=$(dirname "$0")
# shellcheck source=../lib/ktap.sh
. "$here/../lib/ktap.sh"
# shellcheck source=../lib/netns.sh
. "$here/../lib/netns.sh"
# shellcheck source=../lib/gateway.sh
. "$here/../lib/gateway.sh"
# shellcheck source=../lib/peers.sh
. "$here/../lib/peers.sh"
# shellcheck source=../lib/witness.sh
. "$here/../lib/witness.sh"
# shellcheck source=../lib/message.sh
. "$here/../lib/message.sh"

enough=150	# packets of 20 ms each, in each direction

relayed()
{
	gateway_relayed "$enough" && gateway_rtp |
		jq -en --arg phone "$PHONE_P6" 'input | .a.remote.addr6 == $phone'
}

# An INVITE over IPv4 whose phone wants its audio by IPv6.
mixed()	# SENDER
{
	sed 's/$/\r/' <<-SIP
		INVITE sip:bob@$WAN_T SIP/2.0
		Via: SIP/2.0/UDP $1:5070;branch=z9hG4bKmixed
		From: <sip:q@example.com>;tag=q
		To: <sip:bob@example.com>
		Call-ID: mixed
		CSeq: 1 INVITE
		Contact: <sip:q@$1:5070>
		Content-Type: application/sdp
		Content-Length: 112

		v=0
		o=- 1 1 IN IP6 fd00:1::11
		s=-
		c=IN IP6 fd00:1::11
		t=0 0
		m=audio 40000 RTP/AVP 8
		a=rtpmap:8 PCMA/8000
	SIP
}

body_alone()
{
	mixed "$PHONE_Q" | message_send q "$PHONE_Q:5070" t "$WAN_T:5070"
	mixed "$GW_WAN" | cmp - "$MESSAGE_DIR/got"
}

PEERS_DIR=$(mktemp -d)
GATEWAY_DIR=$(mktemp -d)
topo_router || ktap_bail "the router cannot be built"
at_exit rm -rf "$PEERS_DIR" "$GATEWAY_DIR" "$MESSAGE_DIR"
at_exit gateway_stop
at_exit peers_stop
gateway_load || ktap_bail "the module does not load"
cat >"$GATEWAY_DIR/sipfastd.conf" <<-CONF
	lan "$GW_LAN_IF" { }
	wan "$GW_WAN_IF" { }
	sip-ports = {5060, 5070}
	state = "$GATEWAY_DIR/sipfastd.db"
	control-socket = "$GATEWAY_DIR/sipfastd.sock"
CONF
# shellcheck disable=SC2119 # no options
gateway_start || ktap_bail "sipfastd does not start"

ktap_plan 11
ktap_test "SIP over IPv4 with SDP of IPv6: the SDP is left alone" body_alone
witness_start
provider_start "$(ns_of s)" "[$WAN_S6]" || ktap_bail "Kamailio does not start"
phone_start "$(ns_of p)" alice "[$PHONE_P6]" "[$WAN_S6]"
phone_start "$(ns_of t)" bob "[$WAN_T6]" "[$WAN_S6]"
ktap_test "the phone behind NAT66 registers" wait_for 30 phone_registered alice
ktap_test "the phone on the WAN registers" wait_for 30 phone_registered bob
ktap_test "bob calls alice" phone_call bob alice "[$WAN_S6]"
ktap_test "audio both ways, by the module" wait_for 60 relayed
ktap_test "they hang up" phone_hangup bob alice
ktap_test "alice heard bob" phone_heard alice "$enough"
ktap_test "bob heard alice" phone_heard bob "$enough"
ktap_test "the session has ended with the call" wait_for 10 gateway_no_session
witness_stop
ktap_test "no LAN address was seen on the WAN" witness_clean
ktap_test "what was rewritten is sound SIP to tshark" witness_sound
peers_stop
gateway_stop
ktap_end
