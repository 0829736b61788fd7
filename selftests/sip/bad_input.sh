#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The sipfast authors
#
# Datagrams that a phone ought not to send, or that are no SIP at all, on their
# way to the provider: each passes byte for byte, is rewritten where it can be,
# or gets the right answer, and has a counter. None of them hurts the daemon.

here=$(dirname "$0")
# shellcheck source=../lib/ktap.sh
. "$here/../lib/ktap.sh"
# shellcheck source=../lib/netns.sh
. "$here/../lib/netns.sh"
# shellcheck source=../lib/gateway.sh
. "$here/../lib/gateway.sh"
datagram=$(realpath "$here/../lib/datagram.py")

crlf()
{
	sed 's/$/\r/'
}

# An INVITE with SDP; LINES stand where its Content-Length would.
invite()	# CALL-ID [LINES]
{
	cat <<-SIP | crlf
		INVITE sip:bob@$WAN_S SIP/2.0
		Via: SIP/2.0/UDP $PHONE_P:5060;rport;branch=z9hG4bK$1
		Max-Forwards: 70
		From: <sip:alice@$WAN_S>;tag=a$1
		To: <sip:bob@$WAN_S>
		Call-ID: $1
		CSeq: 1 INVITE
		Contact: <sip:alice@$PHONE_P:5060>
		Content-Type: application/sdp
		${2:-X-Nothing: here}

		v=0
		o=- 1 1 IN IP4 $PHONE_P
		s=-
		c=IN IP4 $PHONE_P
		t=0 0
		m=audio 40000 RTP/AVP 8
	SIP
}

# What the provider gets of a datagram.
passes()	# FILE
{
	local listener

	rm -f "$dir/ready"
	in_wan s "$datagram" --timeout 20 --show-source take \
		--ready "$dir/ready" "$WAN_S:5060" >"$dir/got" 2>"$dir/source" &
	listener=$!
	wait_for 10 test -e "$dir/ready"
	in_phone p "$datagram" send --no-answer "$PHONE_P:5060" "$WAN_S:5060" \
		<"$1"
	wait "$listener"
}

passes_unchanged()	# FILE
{
	passes "$1" && cmp "$1" "$dir/got" &&
		[ "$(cat "$dir/source")" = "source $GW_WAN:5060" ]
}

answer()	# FILE; the status line
{
	in_phone p "$datagram" --timeout 10 send "$PHONE_P:5060" "$WAN_S:5060" \
		<"$1" | head -n 1 | tr -d '\r'
}

counter()	# NAME
{
	in_gw "$SIPFASTCTL" --socket "$SIPFAST_SOCKET" -j stats daemon |
		jq --arg name "$1" '.signalling[$name]'
}

dir=$(mktemp -d)
GATEWAY_DIR=$(mktemp -d)
topo_router || ktap_bail "the router cannot be built"
at_exit rm -rf "$dir" "$GATEWAY_DIR"
at_exit gateway_stop
gateway_load || ktap_bail "the module does not load"
# shellcheck disable=SC2119 # no options
gateway_start || ktap_bail "sipfastd does not start"

ktap_plan 15
# Seeded, so that a failure can be had again.
perl -e 'srand 5060; print pack "C*", map { int rand 256 } 1 .. 1200' \
	>"$dir/random"
ktap_test "random bytes pass as they came, from the phone's public port" \
	passes_unchanged "$dir/random"
printf '\r\n\r\n' >"$dir/ping"
ktap_test "so does a keepalive" passes_unchanged "$dir/ping"
ktap_equal "both are counted as what they are" 2 "$(counter not-sip)"

invite none >"$dir/none"
ktap_test "an INVITE without Content-Length passes" passes "$dir/none"
ktap_test "rewritten" grep -q "^c=IN IP4 $GW_WAN" "$dir/got"
ktap_fails "and still without" grep -qi '^Content-Length' "$dir/got"

invite absurd "Content-Length: 4294967328" >"$dir/absurd"
ktap_equal "an absurd Content-Length is a bad request" \
	"SIP/2.0 400 Bad Request" "$(answer "$dir/absurd")"
invite word "Content-Length: many" >"$dir/word"
ktap_equal "one that is no number, too" \
	"SIP/2.0 400 Bad Request" "$(answer "$dir/word")"
invite short "Content-Length: 5000" >"$dir/short"
ktap_equal "and one that promises more than there is" \
	"SIP/2.0 400 Bad Request" "$(answer "$dir/short")"

ktap_equal "all three are counted" 3 "$(counter rejected-malformed)"

invite long "X-Long: $(head -c 60000 /dev/zero | tr '\0' x)" >"$dir/long"
ktap_equal "60 kB in one line are too large" \
	"SIP/2.0 513 Message Too Large" "$(answer "$dir/long")"
ktap_equal "and counted" 1 "$(counter rejected-too-large)"
{
	invite full "Content-Length: 64000" | sed '/^v=0/,$d'
	head -c 64000 /dev/zero | tr '\0' '\n'
} >"$dir/full"
ktap_test "64 kB of body pass, in fragments" passes "$dir/full"

invite after >"$dir/after"
ktap_test "after all that a good INVITE passes" passes "$dir/after"
gateway_stop
# A sanitizer that had something to say ends the daemon with another status.
ktap_equal "and the daemon ends well" 0 "$GATEWAY_STATUS"
ktap_end
